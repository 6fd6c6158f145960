"""The counters of one owner beside the documents: usage, downloads of a day, and calls. The port, and the quota of downloads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.codes import Code
from functions.domain.errors import TooMany
from functions.domain.quota import Limits, Usage, daily_limit, seconds_to_midnight
from functions.domain.rate import OwnerRate
from functions.domain.service_limits import CONTENT_BYTES


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

    def add_download(self, owner: str, size: int, limit: int, now: datetime) -> int | None:
        """Counts the bytes of one download URL on the UTC day of `now`. Above the limit it counts nothing.

        Returns None if counted, else the bytes that were counted before. The first URL of a day is always counted. A
        repeat after a lost response counts again.
        """

    def add_calls(
        self, owner: str, count: int, rate: OwnerRate, tat: datetime | None, now: datetime
    ) -> CountedCalls:
        """Counts up to `rate.burst` calls, all or none. `tat` is the state that the caller has seen last.

        A repeat after a lost response counts again.
        """


@dataclass(frozen=True, slots=True)
class DownloadQuota:
    """The limit of the bytes that the download URLs of one owner and UTC day return.

    A URL is issued only once it is counted, because it cannot be withdrawn: a table that cannot count is a fault that the
    client retries.
    """

    repository: OwnerUsageRepository
    limit: int

    def count(self, owner: str, size: int, now: datetime) -> None:
        """Counts one URL to `size` bytes. Raises TooMany `daily_downloads_exceeded`, and Unavailable."""
        used = self.repository.add_download(owner, size, self.limit, now)
        if used is not None:
            raise TooMany(
                Code.DAILY_DOWNLOADS_EXCEEDED,
                f"The daily limit is {self.limit} bytes, of which {max(0, self.limit - used)} are left.",
                retry_after=seconds_to_midnight(now),
                limits=[daily_limit("daily-download-bytes", self.limit, used, now, CONTENT_BYTES)],
            )
