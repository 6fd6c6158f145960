"""10,000 S3 events with ten files of 1 TiB among them and without, simulated: `python -m bench.large_copies`.

The code of the batches, of the pipeline and of the worker `large_copy` is the real one. Table, bucket and queues are in
memory and on virtual time: 5 ms a call of the table, 25 ms one of S3. A delay is the time from the event to `ready`.
"""

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any, cast

from bench.table import Row, report
from bench.timed_storage import TimedDocuments, TimedObjects, UnusedQueue
from bench.virtual_time import START, VirtualTime
from functions.domain.keys import staging_key
from functions.domain.kinds import Kinds
from functions.domain.steps import PROMOTE
from functions.domain.tasks import Task
from functions.features.large_copy.worker import CopyOutcome, LargeCopy
from functions.log import logger
from functions.messages import s3_events
from functions.messages.batch import BatchConfig, process_batch
from tests.examples import BUCKET, NOW, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.fake_multipart import InMemoryMultipartStore
from tests.lambdas.events import notification, s3_record, sqs_event, sqs_message

PHOTOS, FILMS, TIB = 10_000, 10, 1024**4
RATE = 200
"""Photos a second. The films come with the first photo."""
COPIES, BATCH = 10, 10
"""Concurrent invocations of `pipeline`, and messages of each: fewer than are deployed."""
BAR = 1.05
BENCH = "photos beside large copies (simulated)"

_COPY_RUN = 14 * 60.0
"""Seconds of an invocation of `large_copy` (functions/lambdas/large_copy.py)."""
_KINDS = Kinds({"film": {"content_types": ["image/png"], "max_bytes": TIB}})


@dataclass(frozen=True)
class UploadEvent:
    """An event of S3: when it comes, in seconds, and of which document."""

    at: float
    document_id: str
    body: str


class CopySimulation:
    """A deployment in which photos arrive one after the other, and `films` of 1 TiB with the first of them."""

    def __init__(self, photos: int, films: int) -> None:
        self.time = VirtualTime()
        self._documents = TimedDocuments(time=self.time)
        self._objects = TimedObjects(time=self.time)
        self._deployment = FakeDeployment(
            repository=self._documents,
            s3=InMemoryMultipartStore(self._objects),
            clock=cast(Any, self.time),
            kinds=_KINDS,
        )
        self._engine = self._deployment.engine()
        self._films = [self._upload(number, 0, TIB) for number in range(films)]
        self._photos = [self._upload(films + number, number / RATE, len(PNG)) for number in range(photos)]

    def deliver(self) -> list[float]:
        """Delivers all events to the copies of `pipeline`. Returns the delays of the photos in seconds."""
        copies = [0.0] * COPIES
        waiting = [*self._films, *self._photos]
        with _quiet():
            while waiting:
                now = max(heappop(copies), waiting[0].at)
                batch = [event for event in waiting[:BATCH] if event.at <= now]
                del waiting[: len(batch)]
                self.time.jump(now)
                self._process(batch)
                heappush(copies, self.time.join())
        return [self._find_delay(photo) for photo in self._photos]

    def copy_films(self) -> list[float]:
        """Runs `large_copy` for every task, each in a copy of the function of its own. Returns the delays of the films."""
        for task in self._deployment.tasks[PROMOTE].tasks:
            self.time.jump(0)
            self._copy(task)
        return [self._find_delay(film) for film in self._films]

    def _copy(self, task: Task) -> None:
        worker = LargeCopy(self._objects, self._deployment.results)
        outcome = CopyOutcome.PAUSED
        while outcome is CopyOutcome.PAUSED:
            outcome = worker.copy(task, self._start_run())
            self._engine.process_result(self._deployment.results.results.pop())

    def _start_run(self) -> Callable[[], bool]:
        end = self.time.seconds + _COPY_RUN
        return lambda: self.time.seconds >= end

    def _process(self, batch: Sequence[UploadEvent]) -> None:
        messages = [sqs_message(event.body) for event in batch]
        config = BatchConfig(
            handler=self._process_event,
            group_key=s3_events.first_key,
            has_time=lambda: True,
            queue=cast(Any, UnusedQueue()),
        )
        assert process_batch(sqs_event(messages), config) == {"batchItemFailures": []}

    def _process_event(self, body: str) -> list[str]:
        [created] = s3_events.parse(body)
        with self.time.lane(created.key):
            return [self._engine.process_upload(created.key, created.version or "")]

    def _upload(self, number: int, at: float, size: int) -> UploadEvent:
        document = a_document(id=an_id(number), kind="film", size=size)
        limits = replace(
            PLENTY, open_uploads=10**6, stored_bytes=10**15, daily_files=10**6, daily_bytes=10**15
        )
        self._documents.create(document, limits, None, NOW)
        key = staging_key(OWNER, document.id)
        self._objects.sizes[key] = size
        version = self._objects.put(key, PNG)
        return UploadEvent(at, document.id, notification(s3_record(BUCKET, key, version)))

    def _find_delay(self, event: UploadEvent) -> float:
        ready_at = self._documents.ready_at[event.document_id]
        return (ready_at - START).total_seconds() - event.at


def rows(photos: int = PHOTOS) -> Iterator[Row]:
    without = CopySimulation(photos, 0).deliver()
    simulation = CopySimulation(photos, FILMS)
    with_films = simulation.deliver()
    for name, delays in (("without large files", without), (f"beside {FILMS} files of 1 TiB", with_films)):
        ratio = statistics.mean(delays) / statistics.mean(without)
        yield Row(
            BENCH, f"{photos:,} photos {name}: mean delay", statistics.mean(delays) * 1e3, "ms", ratio, BAR
        )
        yield Row(
            BENCH,
            f"{photos:,} photos {name}: longest delay",
            max(delays) * 1e3,
            "ms",
            max(delays) / max(without),
        )
    yield Row(BENCH, "a file of 1 TiB: delay", max(simulation.copy_films()) / 60, "min")


@contextmanager
def _quiet() -> Iterator[None]:
    """Turns off the log of the batches."""
    level = logger.log_level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
