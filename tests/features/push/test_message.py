"""Messages to clients: which fields they have, and their size."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from functions.adapters.eventbridge import to_json
from functions.domain.document_events import DocumentEvent, EventRendition
from functions.features.push.message import MAX_BYTES, build_change, build_messages

RENDITION = EventRendition(
    key="renditions/secret/key",
    version_id="version-of-rendition",
    content_type="image/webp",
    size=5,
    sha256="c" * 64,
    width=320,
    height=None,
)
EVENT = DocumentEvent(
    schema_version=1,
    id="0199",
    owner="a" * 32,
    actor="ada",
    kind="image",
    status="ready",
    code=None,
    size=7,
    content_type="image/png",
    sha256="b" * 64,
    bucket="the-bucket",
    key="documents/secret/key",
    version_id="version-of-document",
    renditions={"small": RENDITION},
    metadata={"case": "4711"},
    at=datetime(2026, 11, 29, 12, tzinfo=UTC),
    sequence=3,
)


def change_of(event: DocumentEvent) -> dict[str, Any]:
    return build_change({"detail-type": f"document.{event.status}", "detail": to_json(event)})


def test_a_change_has_the_names_of_the_api() -> None:
    assert change_of(EVENT) == {
        "type": "document.ready",
        "id": "0199",
        "actor": "ada",
        "kind": "image",
        "status": "ready",
        "reason": None,
        "size": 7,
        "contentType": "image/png",
        "sha256": "b" * 64,
        "metadata": {"case": "4711"},
        "renditions": {"small": {"contentType": "image/webp", "size": 5, "sha256": "c" * 64, "width": 320}},
        "at": "2026-11-29T12:00:00.000Z",
        "sequence": 3,
    }


def test_the_reason_is_the_code_of_the_event() -> None:
    assert change_of(replace(EVENT, status="rejected", code="type_mismatch"))["reason"] == "type_mismatch"


def test_no_place_in_the_bucket_and_no_owner_reach_a_client() -> None:
    [message] = build_messages([change_of(EVENT)])
    for secret in ("the-bucket", "secret/key", "version-of", "a" * 32):
        assert secret not in message, secret


def test_changes_share_messages_up_to_their_size() -> None:
    changes = [
        change_of(replace(EVENT, sequence=number, metadata={"a": "ä" * 5_000})) for number in range(10)
    ]
    messages = list(build_messages(changes))
    parsed = [json.loads(message)["changes"] for message in messages]
    assert [change for group in parsed for change in group] == changes
    assert all(len(message.encode()) <= MAX_BYTES + 100 for message in messages)
    assert 3 < len(messages) < 10


def test_a_change_that_is_too_large_is_alone() -> None:
    large = change_of(replace(EVENT, metadata={"a": "x" * MAX_BYTES}))
    small = change_of(EVENT)
    counts = [len(json.loads(message)["changes"]) for message in build_messages([small, large, small, small])]
    assert counts == [1, 1, 2]
