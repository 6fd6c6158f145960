"""Slices of a sweep: parts of the table and of the bucket that are swept side by side, each with a cursor of its own.

The names are `due/0` (a partition of the index of what is due), `uploads` (multipart uploads of staging), and prefixes of
the bucket such as `staging/0`, `staging/scan/0` and `documents/7f`. With S3 Inventory, `reports/documents/0` and the like
take the place of the prefixes of `documents/` and `renditions/`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from functions.domain.keys import DOCUMENTS, RENDITIONS, SCAN_AREA, STAGING
from functions.domain.repository import DUE_SHARDS

PERIOD = timedelta(minutes=15)
"""Time between two sweeps."""

SLICES = 256
"""Slices of `documents/` and `renditions/` by the first two digits of the owner key.

A sweep lists one of them: all take 64 hours.
"""

DUE, UPLOADS = "due/", "uploads"

REPORTS = "reports/"
REPORT_LANES = 2
"""Slices that read the files of one report side by side. More would leave too few copies of the function for the others."""

SLICE_LEASE = timedelta(minutes=5)
"""Lease of a slice: the timeout of the function `sweeps`, so no lease outlasts its holder by much."""

_DIGITS = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceRecord:
    """The state of one slice. `turn` counts the runs; a message for an earlier one is a duplicate.

    - `cursor` is the place at which the next run continues, None for the start. A slice that reads reports also keeps one
      at its end, which names the last report.
    - `completed_at` is the time at which the slice was swept to its end, or first began if it never was.
    - `lease_until` is set while a run is at work.
    """

    name: str
    turn: int = 0
    cursor: str | None = None
    completed_at: datetime | None = None
    lease_until: datetime | None = None

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and now < self.lease_until

    def claim(self, now: datetime) -> "SliceRecord":
        """Returns the record while a run is at work."""
        return replace(self, lease_until=now + SLICE_LEASE, completed_at=self.completed_at or now)

    def release(self) -> "SliceRecord":
        """Returns the record after a run that failed. The same message can be delivered again."""
        return replace(self, lease_until=None)

    def pause(self, cursor: str | None) -> "SliceRecord":
        """Returns the record after a run whose time was over."""
        return replace(self, turn=self.turn + 1, cursor=cursor, lease_until=None)

    def complete(self, now: datetime, cursor: str | None = None) -> "SliceRecord":
        """Returns the record after a run that came to the end."""
        return replace(self.pause(cursor), completed_at=now)


@dataclass(frozen=True, slots=True)
class SliceTask:
    """The task to sweep a slice further."""

    name: str
    turn: int


@dataclass(frozen=True, slots=True)
class SliceResult:
    """The result of a run: how often each outcome occurred, and the cursor that the next run gets."""

    outcomes: Counter[str]
    cursor: str | None = None
    is_finished: bool = True


class SliceRepository(Protocol):
    """The records of the slices. All methods may raise Unavailable."""

    def get_all(self) -> Mapping[str, SliceRecord]:
        """Returns the records by name. A slice that never began has none."""

    def get(self, name: str) -> SliceRecord:
        """Returns the record by a consistent read, a new one if there is none."""

    def replace(self, before: SliceRecord, after: SliceRecord) -> bool:
        """Writes `after`. Returns False if turn or lease are no longer those of `before`."""


class SliceQueue(Protocol):
    """The queue of slices to sweep. May raise Unavailable."""

    def enqueue(self, task: SliceTask) -> None:
        """Sends one task. Duplicates are harmless."""


def list_slices(now: datetime, *, reads_reports: bool = False) -> list[str]:
    """Returns the slices of one period: everything that is due or staged, and a part of what is stored.

    With `reads_reports`, what is stored is not listed but read from reports of S3 Inventory.
    """
    return [
        *(f"{DUE}{shard}" for shard in range(DUE_SHARDS)),
        UPLOADS,
        *(f"{area}{digit}" for area in (STAGING, STAGING + SCAN_AREA) for digit in _DIGITS),
        *(_list_reports() if reads_reports else _list_stored(now)),
    ]


def list_all_at_once(now: datetime) -> list[str]:
    """Returns slices that cover the same, and all of staging in one slice."""
    return [*(f"{DUE}{shard}" for shard in range(DUE_SHARDS)), UPLOADS, STAGING, *_list_stored(now)]


def staging_age(records: Mapping[str, SliceRecord], now: datetime) -> timedelta | None:
    """Returns how long ago the last of all slices of staging was completed. None until each of them has begun once."""
    times = [
        record.completed_at if (record := records.get(name)) else None
        for name in list_slices(now)
        if name.startswith(STAGING)
    ]
    known = [time for time in times if time]
    return now - min(known) if len(known) == len(times) else None


def _list_stored(now: datetime) -> list[str]:
    part = int(now.timestamp() / PERIOD.total_seconds()) % SLICES
    return [f"{prefix}{part:02x}" for prefix in (DOCUMENTS, RENDITIONS)]


def _list_reports() -> list[str]:
    return [f"{REPORTS}{prefix}{lane}" for prefix in (DOCUMENTS, RENDITIONS) for lane in range(REPORT_LANES)]
