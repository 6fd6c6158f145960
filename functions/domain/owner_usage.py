"""The port to what is counted of one owner beside the documents: usage, downloads of a day, and calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.quota import Limits, Usage
from functions.domain.rate import OwnerRate


@dataclass(frozen=True, slots=True)
class OwnerUsage:
    """The usage and the limits of an owner at one time. `download_bytes` are those of the day."""

    usage: Usage
    download_bytes: int
    limits: Limits
    at: datetime


@dataclass(frozen=True, slots=True)
class CountedCalls:
    """The result of counting calls. `tat` is the state of the owner's rate after it, a lower bound."""

    is_admitted: bool
    tat: datetime | None


class OwnerUsageRepository(Protocol):
    """The counters of owners. Every write is one conditional update. All methods may raise Unavailable."""

    def read(self, owner: str, now: datetime) -> tuple[Usage, int]:
        """Returns the usage, and the bytes of the download URLs of the UTC day of `now`. One consistent read."""

    def add_download(self, owner: str, size: int, limit: int, now: datetime) -> bool:
        """Counts the bytes of one download URL on the UTC day of `now`. Returns False, and counts nothing, above the limit.

        The first URL of a day is always counted. A repeat after a lost response counts again.
        """

    def add_calls(
        self, owner: str, count: int, rate: OwnerRate, tat: datetime | None, now: datetime
    ) -> CountedCalls:
        """Counts up to `rate.burst` calls, all or none. `tat` is the state that the caller has seen last.

        A repeat after a lost response counts again.
        """
