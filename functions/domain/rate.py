"""The rate of creates or of calls of an owner: a generic cell rate algorithm (GCRA, ITU-T I.371). Without I/O.

The state is one time, the theoretical arrival time (TAT): the time at which an owner has made up for all creates so far
at the sustained rate. Each create moves it by one interval, and is refused if it would get ahead of the clock by more than
the burst. The same holds for calls.

DynamoDB has no maximum in an update, so there are two forms of the same step, and a caller that knows a lower bound of the
TAT chooses between them without a read. Both may hold while the TAT is at most `slack` behind the clock, so that a caller
with an old bound chooses a form that holds. In that range the additive form keeps credit of an idle time up to the slack.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND, _MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRate:
    """Creates or calls of one owner: `per_second` sustained, and `burst` at once after a pause.

    Never refuses a create of an owner who stays within `burst` plus `per_second` for each second. In any time, an owner is
    admitted at most a tenth of `burst` above that.
    """

    per_second: int
    burst: int

    @property
    def interval(self) -> timedelta:
        """The time that one create takes at the sustained rate. Rounded down, so no create within the rate is refused."""
        return timedelta(microseconds=_SECOND // _MICROSECOND // self.per_second)

    @property
    def slack(self) -> timedelta:
        """The time that the TAT may be behind the clock while the additive form still holds."""
        return self.interval * self.burst / 10

    def latest(self, count: int, now: datetime) -> datetime:
        """Returns the latest TAT at which `count` creates are admitted."""
        return now + self.interval * (self.burst - count)

    def remaining(self, tat: datetime | None, now: datetime) -> int:
        """Returns how many are admitted at once."""
        return max(0, (self.latest(0, now) - max(tat or now, now)) // self.interval)

    @property
    def window(self) -> int:
        """The seconds in which a burst that is used up is restored, rounded up."""
        return max(1, -(-self.interval * self.burst // _SECOND))

    def is_additive(self, tat: datetime | None, now: datetime) -> bool:
        """Returns True if the additive form holds for this TAT, and so for every later one within the burst."""
        return tat is not None and tat > now - self.slack

    def add(self, tat: datetime | None, count: int, now: datetime) -> datetime:
        """Returns the TAT after `count` creates: by the additive form where it holds, else from the clock on."""
        start = tat if tat is not None and self.is_additive(tat, now) else now
        return start + self.interval * count

    def wait(self, tat: datetime | None, count: int, now: datetime) -> int:
        """Returns the seconds after which `count` creates are admitted, rounded up. 0 means now."""
        if tat is None:
            return 0
        early = tat - self.latest(count, now)
        return max(0, -(-early // _SECOND))
