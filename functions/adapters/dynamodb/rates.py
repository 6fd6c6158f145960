"""The state of a rate (domain/rate.py) in an attribute `tat`, in epoch microseconds."""

from datetime import UTC, datetime, timedelta

from functions.domain.rate import OwnerRate

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

_MAX_OWNERS = 10_000
"""Owners of whom a process remembers the TAT: some 2 MB."""


class KnownRates:
    """The TATs that this process has seen last. Each is a lower bound, because a TAT never moves back.

    An exception is an owner whose usage was deleted, so None takes the place of an earlier TAT.
    """

    def __init__(self) -> None:
        self._tats: dict[str, datetime] = {}

    def get(self, owner: str) -> datetime | None:
        return self._tats.get(owner)

    def set(self, owner: str, tat: datetime | None) -> None:
        if len(self._tats) >= _MAX_OWNERS:
            self._tats.clear()
        if tat is None:
            self._tats.pop(owner, None)
        else:
            self._tats[owner] = tat


def rate_expressions(
    rate: OwnerRate, tat: datetime | None, count: int, now: datetime
) -> tuple[str, str, dict[str, int]]:
    """Returns an assignment, a condition and their values for the form that holds for `tat` and for any later TAT."""
    if rate.is_additive(tat, now):
        times = {
            ":latest": _to_microseconds(rate.latest(count, now)),
            ":cost": count * (rate.interval // _MICROSECOND),
        }
        return "tat = tat + :cost", "tat <= :latest", times
    times = {":now": _to_microseconds(now), ":tat": _to_microseconds(rate.add(None, count, now))}
    return "tat = :tat", "(attribute_not_exists(tat) OR tat <= :now)", times


def _to_microseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def read_time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + microseconds * _MICROSECOND
