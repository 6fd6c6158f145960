"""Use case of the schedule: starts every slice of a sweep, and runs one slice until its time is over.

A record in the table for each slice has its cursor and a lease. So a slice that is still at work is not started again, a
duplicate message changes nothing, and a lost message costs one period: the next start continues at the cursor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from functions.domain.slices import (
    SliceQueue,
    SliceRecord,
    SliceRepository,
    SliceResult,
    SliceTask,
    list_slices,
    staging_age,
)


class Skipped(StrEnum):
    """The reason why a task was not run. `LEASED` asks for another delivery, because the holder may have died."""

    LEASED = "leased"
    STALE = "stale_turn"


Sweep = Callable[[str, str | None, Callable[[], bool]], SliceResult]
"""Takes the name of a slice, the cursor, and whether the time is over."""


@dataclass(frozen=True, slots=True)
class Started:
    """The slices that a start has enqueued, and the age of the sweep of staging (see `staging_age`)."""

    names: tuple[str, ...]
    staging_age: timedelta | None


@dataclass(frozen=True, slots=True)
class SliceService:
    """Starts and runs slices. `sweep` sweeps one of them. `reads_reports` is for `list_slices`."""

    records: SliceRepository
    queue: SliceQueue
    sweep: Sweep
    clock: Callable[[], datetime]
    reads_reports: bool = False

    def start(self) -> Started:
        """Enqueues every slice of this period that is not at work, and those of earlier periods that have not ended."""
        now = self.clock()
        records = self.records.get_all()
        started = []
        for name in _list_pending(list_slices(now, reads_reports=self.reads_reports), records):
            record = records.get(name, SliceRecord(name=name))
            if not record.is_leased(now):
                self.queue.enqueue(SliceTask(name, record.turn))
                started.append(name)
        return Started(tuple(started), staging_age(records, now))

    def run(self, task: SliceTask, is_out_of_time: Callable[[], bool]) -> SliceResult | Skipped:
        """Sweeps the slice until its time is over, and then enqueues its rest.

        Raises Unavailable if a retry may succeed. The retry continues at the cursor of the last run.
        """
        record, now = self.records.get(task.name), self.clock()
        if record.turn != task.turn:
            return Skipped.STALE
        claimed = record.claim(now)
        if record.is_leased(now) or not self.records.replace(record, claimed):
            return Skipped.LEASED
        try:
            result = self.sweep(task.name, record.cursor, is_out_of_time)
        except Exception:
            self.records.replace(claimed, claimed.release())
            raise
        self._finish(claimed, result)
        return result

    def _finish(self, claimed: SliceRecord, result: SliceResult) -> None:
        if result.is_finished:
            self.records.replace(claimed, claimed.complete(self.clock(), result.cursor))
            return
        paused = claimed.pause(result.cursor)
        if self.records.replace(claimed, paused):
            self.queue.enqueue(SliceTask(paused.name, paused.turn))


def _list_pending(names: list[str], records: Mapping[str, SliceRecord]) -> list[str]:
    left = [record.name for record in records.values() if record.cursor is not None]
    return [*names, *(name for name in left if name not in names)]
