"""Use case of the rate of calls: admits or refuses a call of an owner, in most cases without a write.

Each process admits a share of the rate, `1/SHARE`, by itself. Calls beyond it are counted in the table, several at a time:
no more than the share has admitted before, so that what is counted is never more than what was sent. A refusal holds in this
process until the rate allows a call again, without a write.

So an owner who sends to `n` processes gets at most `1 + n/SHARE` times the rate and the burst, plus a tenth of the burst
(`bench/call_rate.py` has the figures).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.domain.codes import Code
from functions.domain.errors import TooMany, Unavailable
from functions.domain.owner_usage import OwnerUsageRepository
from functions.domain.rate import OwnerRate
from functions.domain.service_limits import ServiceLimit

SHARE = 20
"""Part of the rate that a process admits by itself: one of so many."""
CHUNK = 16
"""Most calls that one write counts."""
_MAX_OWNERS = 10_000
"""Owners that a process remembers: some 4 MB."""


@dataclass(slots=True)
class _Seen:
    """State of one owner in this process: the TATs of its own share and of the table, and the calls counted in advance."""

    share: datetime | None = None
    tat: datetime | None = None
    counted: int = 0
    refused_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class CallMeter:
    """The calls of owners in one process, by `clock`. `log` gets the reason when the table cannot count.

    A call that cannot be counted is admitted: the limit is there for cost and fairness, and a fault of the table must not
    turn away reads that the table still serves. The next `CHUNK` calls then ask nothing, so that a fault slows down few.
    """

    repository: OwnerUsageRepository
    rate: OwnerRate
    clock: Callable[[], datetime]
    log: Callable[[str], None]
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def check(self, owner: str) -> None:
        """Counts a call. Raises TooMany for one beyond the rate."""
        seen, now = self._find(owner), self.clock()
        if seen.refused_until is not None and now < seen.refused_until:
            raise self._too_many(seen, now)
        if self._is_within_share(seen, now):
            return
        if not seen.counted:
            seen.counted = self._count(owner, seen, now)
        seen.counted -= 1

    def _find(self, owner: str) -> _Seen:
        if owner not in self._seen and len(self._seen) >= _MAX_OWNERS:
            self._seen.clear()
        return self._seen.setdefault(owner, _Seen())

    def _is_within_share(self, seen: _Seen, now: datetime) -> bool:
        """In the share of this process, each call takes as long as `SHARE` calls."""
        if self.rate.wait(seen.share, SHARE, now):
            return False
        seen.share = self.rate.add(seen.share, SHARE, now)
        return True

    def _count(self, owner: str, seen: _Seen, now: datetime) -> int:
        """Counts some calls in the table and returns their number. Raises TooMany if not even one is admitted."""
        left = self.rate.remaining(seen.tat, now)
        for count in (max(1, min(CHUNK, self.rate.burst // SHARE)), 1):
            if count > left:
                continue  # the state in the table is at least as late
            try:
                counted = self.repository.add_calls(owner, count, self.rate, seen.tat, now)
            except Unavailable as error:
                self.log(str(error))
                return CHUNK
            seen.tat = counted.tat
            if counted.is_admitted:
                return count
        seen.refused_until = now + timedelta(seconds=max(1, self.rate.wait(seen.tat, 1, now)))
        raise self._too_many(seen, now)

    def _too_many(self, seen: _Seen, now: datetime) -> TooMany:
        wait = -((now - (seen.refused_until or now)) // timedelta(seconds=1))
        limit = ServiceLimit(
            policy="calls", quota=self.rate.burst, remaining=0, window=self.rate.window, reset=wait
        )
        detail = f"The limit is {self.rate.per_second} requests a second after the first {self.rate.burst}."
        return TooMany(Code.TOO_MANY_CALLS, detail, retry_after=wait, limits=[limit])
