"""Conversion of records into the API's JSON."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import HistoryEntry, Status
from functions.http import schemas
from functions.http.texts import Texts
from tests.domain.step_examples import SHA256, a_passed_step, a_waiting_step, rendition_facts
from tests.examples import NOW, a_document


def to_json(**changes: Any) -> dict[str, Any]:
    record = replace(a_document(), **changes)
    document: dict[str, Any] = json.loads(
        schemas.Document.from_record(record, Texts(None)).model_dump_json(by_alias=True)
    )
    return document


def test_a_document_has_camel_case_names_and_times_in_utc() -> None:
    document = to_json()
    assert document["declaredContentType"] == "image/png"
    assert document["createdAt"] == "2026-05-04T12:00:00.000Z"


@pytest.mark.parametrize(("status", "public"), [(Status.COMPLETING, "processing"), (Status.READY, "ready")])
def test_a_status_is_the_public_one(status: Status, public: str) -> None:
    assert to_json(status=status)["status"] == public


def test_expires_at_is_the_next_deadline_of_the_client() -> None:
    later = NOW + timedelta(days=1)
    assert to_json(upload_deadline=later)["expiresAt"] == "2026-05-05T12:00:00.000Z"
    assert to_json(status=Status.READY)["expiresAt"] is None
    history = (HistoryEntry(Status.READY, NOW), HistoryEntry(Status.DELETED, NOW))
    deleted = to_json(status=Status.DELETED, purge_after=later, history=history)
    assert deleted["expiresAt"] == "2026-05-05T12:00:00.000Z"


def test_only_a_failed_document_shows_until_when_its_bytes_stay() -> None:
    later = NOW + timedelta(days=1)
    assert to_json(status=Status.FAILED, bytes_expire_at=later)["bytesExpireAt"] == "2026-05-05T12:00:00.000Z"
    assert "bytesExpireAt" not in to_json(status=Status.FAILED)
    history = (HistoryEntry(Status.FAILED, NOW), HistoryEntry(Status.DELETED, NOW))
    assert "bytesExpireAt" not in to_json(status=Status.DELETED, bytes_expire_at=later, history=history)


def test_a_history_entry_without_a_reason_has_no_reason() -> None:
    history = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.REJECTED, NOW, "type_mismatch"))
    document = to_json(status=Status.REJECTED, reason="type_mismatch", history=history)
    assert document["history"] == [
        {"status": "pending", "at": "2026-05-04T12:00:00.000Z"},
        {"status": "rejected", "at": "2026-05-04T12:00:00.000Z", "reason": "type_mismatch"},
    ]
    assert document["reason"] == "type_mismatch"


def test_a_step_has_a_name_a_status_a_time_and_perhaps_a_detail_and_nothing_that_is_internal() -> None:
    waiting = a_waiting_step(detail="Half done.", token="copy-1", facts={"pages": 3})
    document = to_json(status=Status.PROCESSING, steps=(a_passed_step("size"), waiting))
    at = "2026-05-04T12:00:00.000Z"
    assert document["steps"] == [
        {"name": "size", "status": "passed", "at": at},
        {"name": "check", "status": "waiting", "at": at, "detail": "Half done."},
    ]


def test_a_rendition_has_pixels_only_if_it_is_an_image() -> None:
    facts = {"renditions": {"text": rendition_facts(), "thumb": rendition_facts(width=4, height=3)}}
    renditions = to_json(status=Status.READY, steps=(a_passed_step("render", facts=facts),))["renditions"]
    assert renditions == {
        "text": {"contentType": "image/webp", "size": 30, "sha256": SHA256},
        "thumb": {"contentType": "image/webp", "size": 30, "sha256": SHA256, "width": 4, "height": 3},
    }
