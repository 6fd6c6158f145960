"""The event bus: entries that match the schema, requests within EventBridge's limits, and the first failure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from jsonschema import Draft202012Validator

from functions.adapters.eventbridge import MAX_BYTES, EventBridgeBus
from functions.domain.changes import Change
from functions.domain.document import Document, Status
from functions.domain.document_events import DocumentEvent, build_event
from functions.domain.steps import Json, StepRecord, StepStatus
from functions.domain.suspicion import DayCounter, OwnerChange, OwnerEvent
from tests.examples import BUCKET, NOW, a_document, a_document_at_rest, an_id

SCHEMA = json.loads(Path("docs/events/document.json").read_text("utf-8"))
RENDITION: Mapping[str, Json] = {
    "versionId": "v3",
    "contentType": "image/webp",
    "size": 7,
    "sha256": "0" * 64,
    "width": 1,
    "height": 2,
}
STEP = StepRecord(
    name="image", status=StepStatus.PASSED, at=NOW, attempt=1, facts={"renditions": {"thumb.webp": RENDITION}}
)


class FakeClient:
    """Records requests, and answers each with the next of `answers`."""

    def __init__(self, *answers: Sequence[bool] | Exception) -> None:
        self.requests: list[list[Mapping[str, str]]] = []
        self._answers = list(answers)

    def put_events(self, *, Entries: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:  # noqa: N803
        self.requests.append(list(Entries))
        answer = self._answers.pop(0) if self._answers else [True] * len(Entries)
        if isinstance(answer, Exception):
            raise answer
        return {
            "Entries": [{"EventId": "e"} if good else {"ErrorCode": "ThrottlingException"} for good in answer]
        }


def events(*documents: Document) -> list[tuple[Change, DocumentEvent]]:
    return [(Change.READY, build_event(document, BUCKET)) for document in documents]


def some(count: int, **changes: Any) -> list[tuple[Change, DocumentEvent]]:
    return events(*(a_document(id=an_id(number), **changes) for number in range(count)))


@pytest.mark.parametrize("status", sorted(Status))
def test_every_event_matches_the_schema(status: Status) -> None:
    document = replace(a_document_at_rest(status), stored_version="v2", steps=(STEP,), metadata={"a": "b"})
    client = FakeClient()
    EventBridgeBus(client, "a-bus").send(events(document))
    [[entry]] = client.requests
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == (
        "a-bus",
        "airlock",
        "document.ready",
    )
    detail = json.loads(entry["Detail"])
    Draft202012Validator(SCHEMA).validate(detail)
    assert set(detail) == set(SCHEMA["properties"])


def test_an_event_of_an_owner_matches_its_schema() -> None:
    suspicious = OwnerEvent(
        schema_version=1,
        owner="0" * 32,
        counter=DayCounter.BYTES,
        value=11,
        limit=10,
        day=NOW.date(),
        at=NOW,
    )
    client = FakeClient()
    EventBridgeBus(client, "a-bus").send([(OwnerChange.SUSPICIOUS, suspicious)])
    [[entry]] = client.requests
    assert entry["DetailType"] == "owner.suspicious"
    schema = json.loads(Path("docs/events/owner.json").read_text("utf-8"))
    detail = json.loads(entry["Detail"])
    Draft202012Validator(schema).validate(detail)
    assert set(detail) == set(schema["properties"])
    assert (detail["counter"], detail["day"], detail["at"]) == (
        "bytes",
        "2026-05-04",
        "2026-05-04T12:00:00.000Z",
    )


def test_a_rendition_is_described_with_its_key() -> None:
    client = FakeClient()
    EventBridgeBus(client, "a-bus").send(events(replace(a_document_at_rest(Status.READY), steps=(STEP,))))
    [[entry]] = client.requests
    rendition = json.loads(entry["Detail"])["renditions"]["thumb.webp"]
    assert rendition == {
        **RENDITION,
        "key": f"renditions/{a_document().owner}/{an_id()}/image/thumb.webp",
    }


def test_the_first_failed_event_is_returned() -> None:
    assert EventBridgeBus(FakeClient([True, False, True]), "a-bus").send(some(3)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutEvents"),
        EndpointConnectionError(endpoint_url="https://events.example"),
    ],
    ids=["throttled", "no connection"],
)
def test_a_fault_of_the_bus_is_a_failure_of_the_first_event(fault: Exception) -> None:
    assert EventBridgeBus(FakeClient(fault), "a-bus").send(some(3)) == 0


def test_events_above_the_limit_of_bytes_are_several_requests() -> None:
    client = FakeClient()
    metadata = {str(number): "é" * 500 for number in range(100)}
    assert EventBridgeBus(client, "a-bus").send(some(5, metadata=metadata)) is None
    sizes = [
        sum(len(value.encode()) for entry in each for value in entry.values()) for each in client.requests
    ]
    assert len(client.requests) > 1
    assert max(sizes) <= MAX_BYTES
    assert sum(len(each) for each in client.requests) == 5


def test_nothing_is_sent_behind_a_request_that_failed() -> None:
    metadata = {str(number): "é" * 500 for number in range(100)}
    client = FakeClient([False])
    assert EventBridgeBus(client, "a-bus").send(some(5, metadata=metadata)) == 0
    assert len(client.requests) == 1
