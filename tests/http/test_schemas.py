"""Conversion of records into the API's JSON."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import HistoryEntry, Status
from functions.http import schemas
from tests.examples import NOW, a_document


def to_json(**changes: Any) -> dict[str, Any]:
    record = replace(a_document(), **changes)
    document: dict[str, Any] = json.loads(schemas.Document.from_record(record).model_dump_json(by_alias=True))
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
    assert to_json(status=Status.DELETED, purge_after=later)["expiresAt"] == "2026-05-05T12:00:00.000Z"


def test_a_history_entry_without_a_reason_has_no_reason() -> None:
    history = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.REJECTED, NOW, "type_mismatch"))
    document = to_json(status=Status.REJECTED, reason="type_mismatch", history=history)
    assert document["history"] == [
        {"status": "pending", "at": "2026-05-04T12:00:00.000Z"},
        {"status": "rejected", "at": "2026-05-04T12:00:00.000Z", "reason": "type_mismatch"},
    ]
    assert document["reason"] == "type_mismatch"
