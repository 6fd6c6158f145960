"""Sweeps of owners who are all due at once, simulated: `python -m bench.due_owners`.

The code of the slices, of the sweep and of the table's adapter is the real one. The table, the bucket and the queue are
in memory and on virtual time: 5 ms a call of the table, 25 ms one of S3 or SQS. CPU time is not part of the virtual time.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any, cast

from bench.due_table import DueTable
from bench.table import Row, report
from bench.timed_slices import TimedSlices
from bench.virtual_time import S3_CALL, VirtualTime
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.keys import parse_staging_key
from functions.domain.slices import PERIOD
from functions.domain.storage import Listing, ObjectVersion
from functions.services.slices import Skipped, SliceService
from tests.fake_deployment import FakeDeployment

COPIES, THREADS = 5, 10
"""Copies of the function `sweeps` and threads of each, as they are deployed (infra/stack.py, functions/wiring)."""

FEW, MANY, MOST = 10_000, 100_000, 1_000_000
DRAIN_BAR = 3600
"""Maximum number of seconds in which the sweeps expire the uploads of MOST owners."""

_RUN = 240.0
"""Seconds of a run of a slice: the timeout of `sweeps` less what it keeps in reserve (functions/lambdas/sweeps.py)."""
_RETRY_DELAY = 5.0
BENCH = "sweep of due owners (simulated)"


class EmptyBucket:
    """Implements the listings of `functions.domain.storage.BucketInventory`. Counts its calls."""

    def __init__(self, time: VirtualTime) -> None:
        self.calls = 0
        self._time = time

    def list_versions(self, prefix: str, _after: str | None = None) -> Listing[Any]:
        self.calls += 1
        key = parse_staging_key(prefix)
        self._time.take(S3_CALL, key.owner if key else None)
        return Listing([], None)

    list_uploads = list_versions

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        yield from self.list_versions(prefix).entries


@dataclass(frozen=True)
class Drain:
    """`seconds` passed until every upload had expired. `most_looks` is the maximum of one owner's recounts in a period."""

    seconds: float
    table_calls: float
    bucket_calls: float
    looks: float
    most_looks: int
    cpu_seconds: float


class SweepSimulation:
    """A deployment of the function `sweeps` whose copies take slices from the queue."""

    def __init__(self, owners: int) -> None:
        self.time = VirtualTime()
        self.table = DueTable(owners, self.time)
        self.bucket = EmptyBucket(self.time)
        self._slices = TimedSlices(self.time)
        self._looks = 0
        self._most_looks = 0
        sweeps = replace(
            FakeDeployment(concurrency=THREADS).sweep_service(),
            repository=DynamoDBDocuments(self.table, "documents"),
            inventory=cast(Any, self.bucket),
            clock=self.time,
            log_error=_fail,
        )
        self._service = SliceService(self._slices, self._slices, sweeps.sweep_slice, self.time)

    def drain(self, *, until_idle: bool = True) -> Drain:
        """Sweeps until every upload has expired and, with `until_idle`, until nobody is due any more."""
        copies, next_start, expired_at, cpu = [0.0] * COPIES, 0.0, 0.0, time.process_time()
        heapify(copies)
        while self.table.expired < self.table.owners or (until_idle and self.table.left):
            first = min((at for at, _ in self._slices.waiting), default=next_start)
            now = max(copies[0], first)
            if next_start <= now:
                self._start(next_start)
                next_start += PERIOD.total_seconds()
                continue
            heappop(copies)
            expired = self.table.expired
            heappush(copies, self._run(now))
            if self.table.expired > expired:
                expired_at = max(expired_at, self.time.seconds)
        self._end_period()
        return self._sum_up(expired_at, time.process_time() - cpu)

    def _start(self, now: float) -> None:
        self._end_period()
        self.time.jump(now)
        self._service.start()

    def _end_period(self) -> None:
        self._most_looks = max(self._most_looks, max(self.table.looks))
        self._looks += sum(self.table.looks)
        self.table.looks = bytearray(self.table.owners)

    def _run(self, now: float) -> float:
        """Runs the first slice of the queue and returns the time of its end."""
        _, task = entry = min(self._slices.waiting, key=lambda each: each[0])
        self._slices.waiting.remove(entry)
        self.time.jump(now)
        if self._service.run(task, lambda: self.time.join() >= now + _RUN) is Skipped.LEASED:
            self._slices.waiting.append((self.time.seconds + _RETRY_DELAY, task))
        return self.time.join()

    def _sum_up(self, expired_at: float, cpu: float) -> Drain:
        owners = self.table.owners
        return Drain(
            seconds=expired_at,
            table_calls=self.table.calls.total() / owners,
            bucket_calls=self.bucket.calls / owners,
            looks=self._looks / owners,
            most_looks=self._most_looks,
            cpu_seconds=cpu / owners,
        )


def rows(counts: tuple[int, int, int] = (FEW, MANY, MOST)) -> Iterator[Row]:
    few, many = (SweepSimulation(count).drain() for count in counts[:2])
    most = SweepSimulation(counts[2]).drain(until_idle=False)
    yield from compare(counts, few, many, most)


def compare(counts: tuple[int, int, int], few: Drain, many: Drain, most: Drain) -> Iterator[Row]:
    linear = few.seconds / counts[0] * counts[1]
    yield Row(BENCH, f"{counts[1]:,} owners", many.seconds, "s", many.seconds / linear)
    yield Row(BENCH, f"{counts[1]:,} owners, at the pace of {counts[0]:,}", linear, "s", 1)
    yield Row(BENCH, "calls of the table, each owner", many.table_calls, "calls")
    yield Row(BENCH, "calls of S3, each owner", many.bucket_calls, "calls")
    yield Row(BENCH, "recounts, each owner until nothing is due", many.looks, "recounts")
    yield Row(BENCH, "most recounts of one owner in 15 minutes", many.most_looks, "recounts", bar=1)
    yield Row(BENCH, "CPU of this process, each owner", many.cpu_seconds * 1e6, "us CPU")
    yield Row(BENCH, f"{counts[2]:,} owners", most.seconds, "s", bar=DRAIN_BAR)


def _fail(message: str) -> None:
    raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
