"""The records and the queue of slices on virtual time, seen by each copy of the function as they are at its own time."""

from collections import defaultdict
from collections.abc import Mapping

from bench.virtual_time import S3_CALL, TABLE_CALL, VirtualTime
from functions.domain.slices import SliceRecord, SliceTask


class TimedSlices:
    """Implements `functions.domain.slices.SliceRepository` and `SliceQueue`. `waiting` has (visible at, task).

    Copies of the function run one after the other in real time. So each record keeps the time of its writes, and a
    lease is seen by a copy whose time is before its end.
    """

    def __init__(self, time: VirtualTime) -> None:
        self.waiting: list[tuple[float, SliceTask]] = []
        self._time = time
        self._written: dict[str, list[tuple[float, SliceRecord]]] = defaultdict(list)

    def get_all(self) -> Mapping[str, SliceRecord]:
        self._time.take(TABLE_CALL)
        records = {name: self._find(name) for name in self._written}
        return {name: record for name, record in records.items() if record != SliceRecord(name=name)}

    def get(self, name: str) -> SliceRecord:
        self._time.take(TABLE_CALL)
        return self._find(name)

    def replace(self, before: SliceRecord, after: SliceRecord) -> bool:
        self._time.take(TABLE_CALL)
        stored = self._find(before.name)
        if (stored.turn, stored.lease_until) != (before.turn, before.lease_until):
            return False
        self._written[before.name].append((self._time.seconds, after))
        return True

    def enqueue(self, task: SliceTask) -> None:
        self._time.take(S3_CALL)
        self.waiting.append((self._time.seconds, task))

    def _find(self, name: str) -> SliceRecord:
        written = [record for at, record in self._written[name] if at <= self._time.seconds]
        return written[-1] if written else SliceRecord(name=name)
