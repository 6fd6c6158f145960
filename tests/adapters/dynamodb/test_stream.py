"""Stream records of the usage of owners, written by the real adapter: counters that pass their bands."""

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from functions.adapters.dynamodb.stream import StreamReader
from functions.adapters.dynamodb.usage import usage_key
from functions.domain.document import Status
from functions.domain.document_events import RecordedSuspicion
from functions.domain.events import ObjectArrived
from functions.domain.suspicion import Bands, DayCounter
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.moto_account import Table
from tests.repository_steps import a_rejected_attempt, apply_events

TIME = 1_777_896_000
BANDS = {DayCounter.CREATES: 1, DayCounter.REJECTIONS: 1}


def read_usage(table: Table) -> dict[str, Any]:
    item: dict[str, Any] = table.client.get_item(TableName=table.name, Key=usage_key(OWNER)).get("Item", {})
    return item


def a_record(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    images = {"NewImage": after} | ({"OldImage": before} if before else {})
    return {"dynamodb": {"SequenceNumber": "7", "ApproximateCreationDateTime": TIME, **images}}


def find(record: dict[str, Any], bands: Bands = BANDS) -> list[tuple[DayCounter, int]]:
    found = StreamReader(bands)(record)
    assert all(isinstance(each, RecordedSuspicion) and each.event.owner == OWNER for each in found)
    return [(each.event.counter, each.event.value) for each in found if isinstance(each, RecordedSuspicion)]


def test_the_create_that_passes_the_band_is_suspicious(table: Table) -> None:
    states = [read_usage(table)]
    for number in range(3):
        table.repository.create(a_document(id=an_id(number)), PLENTY, None, NOW)
        states.append(read_usage(table))
    records = [a_record(before, after) for before, after in pairwise(states)]
    assert [find(record) for record in records] == [[], [(DayCounter.CREATES, 2)], []]
    assert [find(record, {}) for record in records] == [[], [], []]
    [suspicion] = StreamReader(BANDS)(records[1])
    _, content = suspicion.to_event("bucket")
    assert (suspicion.position, suspicion.subject) == ("7", OWNER)
    assert (content.at, getattr(content, "day", None)) == (
        datetime.fromtimestamp(TIME, UTC),
        date(2026, 5, 4),
    )


def test_rejections_are_counted_in_the_write_that_releases_their_bytes(table: Table) -> None:
    states = []
    for number in range(3):
        document = a_document(id=an_id(number))
        table.repository.create(document, PLENTY, None, NOW)
        rejected = apply_events(table.repository, document, ObjectArrived("v1"), a_rejected_attempt())
        assert rejected.status is Status.REJECTED
        states.append(read_usage(table))
    found = [find(a_record(before, after)) for before, after in pairwise(states)]
    assert [(DayCounter.REJECTIONS, 2) in each for each in found] == [True, False]
