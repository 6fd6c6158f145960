"""A fake of the counters of owners."""

from dataclasses import dataclass, field
from datetime import date, datetime

from functions.domain.owner_usage import CountedCalls
from functions.domain.quota import Usage
from functions.domain.rate import OwnerRate


@dataclass
class InMemoryOwnerUsage:
    """Implements `functions.domain.owner_usage.OwnerUsageRepository`. `writes` is the number of updates, also of failed ones."""

    usages: dict[str, Usage] = field(default_factory=dict)
    writes: int = 0
    _downloads: dict[tuple[str, date], int] = field(default_factory=dict)
    _tats: dict[str, datetime] = field(default_factory=dict)

    def read(self, owner: str, now: datetime) -> tuple[Usage, int]:
        return self.usages.get(owner, Usage()), self._downloads.get((owner, now.date()), 0)

    def add_download(self, owner: str, size: int, limit: int, now: datetime) -> int | None:
        self.writes += 1
        counted = self._downloads.get((owner, now.date()))
        if counted is not None and counted + size > limit:
            return counted
        self._downloads[owner, now.date()] = (counted or 0) + size
        return None

    def add_calls(
        self, owner: str, count: int, rate: OwnerRate, tat: datetime | None, now: datetime
    ) -> CountedCalls:
        self.writes += 1
        stored = self._tats.get(owner)
        if rate.wait(stored, count, now):
            return CountedCalls(False, stored)
        self._tats[owner] = rate.add(stored, count, now)
        return CountedCalls(True, self._tats[owner])
