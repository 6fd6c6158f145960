"""Publishing: every change at least once and in order for each document, through throttles, partial failures and crashes."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from functions.adapters.dynamodb.items import document_to_item
from functions.adapters.dynamodb.stream import StreamReader
from functions.domain.changes import Change
from functions.domain.document_events import DocumentEvent, RecordedChange
from functions.services.publish import BATCH, PublishService, split
from tests.examples import BUCKET, a_document, an_id

Sent = list[tuple[Change, DocumentEvent]]
CHANGES = [Change.CREATED, Change.PROCESSING, Change.READY, Change.DELETED, Change.RESTORED]


def a_record(position: int, document: int, sequence: int) -> dict[str, Any]:
    item = document_to_item(a_document(id=an_id(document), sequence=sequence))
    image = item | {"change": {"S": CHANGES[sequence - 1]}}
    return {"dynamodb": {"SequenceNumber": str(position), "NewImage": image}}


class FaultyBus:
    """Fails a share of the events, by turns of a seeded generator, and crashes after a share of the requests."""

    def __init__(self, failures: float = 0.0, crashes: float = 0.0, seed: int = 0) -> None:
        self.sent: Sent = []
        self._random = random.Random(seed)
        self._failures = failures
        self._crashes = crashes

    def send(self, events: Sequence[tuple[Any, Any]]) -> int | None:
        failed = [index for index, _ in enumerate(events) if self._random.random() < self._failures]
        self.sent += [event for index, event in enumerate(events) if index not in failed]
        if self._random.random() < self._crashes:
            raise TimeoutError
        return failed[0] if failed else None


class Stream:
    """A shard as Lambda reads it: a batch is delivered from the failed record on until it succeeds."""

    def __init__(self, records: Sequence[Mapping[str, Any]], batch: int = 25) -> None:
        self._records = records
        self._batch = batch

    def deliver_all(self, service: PublishService) -> None:
        start = 0
        while start < len(self._records):
            batch = self._records[start : start + self._batch]
            try:
                failed = service.publish(batch)
            except TimeoutError:
                continue
            start += len(batch) if failed is None else self._index(batch, failed)

    def _index(self, batch: Sequence[Mapping[str, Any]], position: str) -> int:
        return [record["dynamodb"]["SequenceNumber"] for record in batch].index(position)


def interleaved(documents: int) -> list[dict[str, Any]]:
    """Five changes of each document, in order for each and mixed over all."""
    order = [document for document in range(documents) for _ in CHANGES]
    random.Random(7).shuffle(order)
    seen: dict[int, int] = defaultdict(int)
    records = []
    for position, document in enumerate(order):
        seen[document] += 1
        records.append(a_record(position, document, seen[document]))
    return records


def service(bus: FaultyBus) -> PublishService:
    return PublishService(StreamReader({}), bus, BUCKET)


@pytest.mark.parametrize("seed", range(5))
def test_every_change_arrives_in_order_through_faults(seed: int) -> None:
    documents = 40
    bus = FaultyBus(failures=0.05, crashes=0.05, seed=seed)
    Stream(interleaved(documents)).deliver_all(service(bus))
    seen: dict[str, list[int]] = defaultdict(list)
    for change, event in bus.sent:
        assert change is CHANGES[event.sequence - 1]
        new = not seen[event.id] or event.sequence > max(seen[event.id])
        if new:  # a change that is new comes after the one before it, without a gap
            assert event.sequence == max(seen[event.id], default=0) + 1
        seen[event.id].append(event.sequence)
    assert len(seen) == documents
    assert all(set(sequences) == {1, 2, 3, 4, 5} for sequences in seen.values())


def test_nothing_is_sent_twice_without_a_fault() -> None:
    bus = FaultyBus()
    Stream(interleaved(20)).deliver_all(service(bus))
    assert len(bus.sent) == len({(event.id, event.sequence) for _, event in bus.sent}) == 100


def test_the_first_failed_record_is_reported_and_nothing_behind_its_request_is_sent() -> None:
    bus = FaultyBus(failures=1.0)
    records = [a_record(number, number, 1) for number in range(30)]
    assert service(bus).publish(records) == "0"
    assert bus.sent == []


def test_a_record_without_a_change_sends_nothing() -> None:
    bus = FaultyBus()
    record = a_record(1, 1, 1)
    del record["dynamodb"]["NewImage"]["change"]
    assert service(bus).publish([record]) is None
    assert bus.sent == []


def test_a_removed_item_sends_nothing() -> None:
    bus = FaultyBus()
    assert service(bus).publish([{"dynamodb": {"SequenceNumber": "1"}}]) is None
    assert bus.sent == []


def test_no_request_has_two_changes_of_one_document() -> None:
    documents = [1, 2, 1, 1, 3]
    changes = [RecordedChange(str(n), Change.READY, a_document(id=an_id(d))) for n, d in enumerate(documents)]
    assert [[each.position for each in batch] for batch in split(changes)] == [["0", "1"], ["2"], ["3", "4"]]


def test_a_request_has_at_most_ten_events() -> None:
    changes = [RecordedChange(str(n), Change.READY, a_document(id=an_id(n))) for n in range(25)]
    assert [len(batch) for batch in split(changes)] == [BATCH, BATCH, 5]
