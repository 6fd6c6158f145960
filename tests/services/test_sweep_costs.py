"""Cost of what is due, in the time that calls take: 5 ms for one of the table, 25 ms for one of S3 or SQS."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import pytest

from functions.domain.document import Document, Status
from functions.domain.events import Transition
from functions.domain.repository import DUE_SHARDS, DueEntry
from functions.domain.slices import SliceTask
from functions.services.slices import SliceService
from tests.examples import NOW, an_id
from tests.fakes import InMemoryDocuments
from tests.services.sweep_scenario import SECOND, SweepScenario

TABLE, S3 = 0.005, 0.025
COPIES = 5
"""Copies of the function `sweeps` that run at once."""
THREADS = 10


@dataclass
class TimedDocuments(InMemoryDocuments):
    """A repository in which an owner has one document and one entry in the index, as after an abandoned upload.

    Sums up the seconds that its calls take.
    """

    seconds: float = 0
    _lock: Any = field(default_factory=Lock)

    def due(self, shard: int, now: datetime, after: str | None = None) -> Iterator[DueEntry]:
        for number, entry in enumerate(super().due(shard, now, after)):
            # Some 12,000 keys of 80 bytes are a page.
            self._take(TABLE if number % 12_000 == 0 else 0)
            yield DueEntry(f"{entry.owner} {entry.document_id}", None, entry.position)

    def recount(self, owner: str, now: datetime) -> Iterator[str]:
        """Takes a GetItem, a Query and an UpdateItem."""
        self._take(3 * TABLE)
        yield owner.partition(" ")[2]

    def get(self, owner: str, document_id: str) -> Document | None:
        self._take(TABLE)
        return super().get(owner.partition(" ")[0], document_id)

    def apply(self, transition: Transition) -> None:
        self._take(TABLE)
        super().apply(transition)

    def _take(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds


def drain(owners: int) -> float:
    """Expires one upload of each owner with the slices of `due`. Returns the seconds of one copy with one thread."""
    repository = TimedDocuments()
    scenario = SweepScenario(repository=repository, concurrency=THREADS)
    for number in range(owners):
        scenario.expect(id=an_id(number), upload_deadline=NOW)
    scenario.clock.advance(SECOND)
    repository.seconds = 0
    service: SliceService = scenario.slice_service()
    expired = 0
    for shard in range(DUE_SHARDS):
        result: Any = service.run(SliceTask(f"due/{shard}", 0), lambda: False)
        expired += result.outcomes["expired"]
    assert expired == owners
    # One listing of the key in staging for each.
    return repository.seconds + owners * S3


def test_the_time_of_a_drain_is_linear_and_that_of_a_million_owners_is_under_an_hour() -> None:
    few, many = drain(200), drain(800)
    each = (many - few) / 600
    assert many / few == pytest.approx(4, rel=0.05)
    assert 1_000_000 * each / (COPIES * THREADS) < 3600


def test_threads_find_what_one_thread_finds() -> None:
    for threads in (1, 3):
        scenario = SweepScenario(concurrency=threads)
        for number in range(20):
            scenario.expect(id=an_id(number), upload_deadline=NOW)
        scenario.clock.advance(SECOND)
        found = sum(
            scenario.sweep_service().sweep_slice(f"due/{shard}", None, lambda: False).outcomes["expired"]
            for shard in range(DUE_SHARDS)
        )
        assert found == 20


def test_groups_are_continued_behind_the_last_one() -> None:
    scenario = SweepScenario(concurrency=2)
    for number in range(0, 5 * DUE_SHARDS, DUE_SHARDS):
        scenario.expect(id=an_id(number), status=Status.PROCESSING, staged_version="v1", attempt=2)
    scenario.clock.advance(SECOND)
    service = scenario.sweep_service()
    first = service.sweep_slice("due/0", None, lambda: True)
    assert (first.is_finished, first.outcomes["attempt_republished"]) == (False, 2)
    second = service.sweep_slice("due/0", first.cursor, lambda: False)
    assert second.is_finished
    assert second.outcomes["attempt_republished"] == 3
