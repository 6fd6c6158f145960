"""Owners who do unusually much in a day: the bands of the day's counters, the event when one is passed, and the block.

`docs/events/owner.json` describes the content of the event and is generated from these classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class OwnerChange(StrEnum):
    """The name of an event, without `owner.` in front."""

    SUSPICIOUS = "suspicious"


class DayCounter(StrEnum):
    """A number of an owner that begins with 0 at midnight UTC. Bytes are the declared sizes of creates."""

    CREATES = "creates"
    BYTES = "bytes"
    REJECTIONS = "rejections"


Bands = Mapping[DayCounter, int]
"""Upper end of what is usual for one owner in a day. A counter without one is never suspicious."""

DayCounts = Mapping[tuple[DayCounter, date], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerEvent:
    """The content of an event: the counter of a day that has passed the end of its band.

    - `owner` is the owner key, never the claim.
    - `value` is the counter after the write that passed `limit`, the end of the band.
    - `at` is the time of that write in UTC, in whole seconds.
    - Each counter of an owner passes its band once a day, so deduplicate by `owner`, `day` and `counter`.
    """

    schema_version: int
    owner: str
    counter: DayCounter
    value: int
    limit: int
    day: date
    at: datetime


def find_passed(before: DayCounts, after: DayCounts, bands: Bands) -> list[tuple[DayCounter, date]]:
    """Returns the counters that a write has taken past their bands."""
    return [
        (counter, day)
        for (counter, day), value in after.items()
        if bands.get(counter, 0) > 0 and before.get((counter, day), 0) <= bands[counter] < value
    ]


class OwnerBlocks(Protocol):
    """The blocks of owners."""

    def block(self, owner: str, reason: str, now: datetime) -> None:
        """Refuses the creates of an owner from now on. Idempotent. May raise Unavailable."""
