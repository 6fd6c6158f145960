"""Reports of S3 Inventory: each row names one version as it was when the report was made, up to days ago."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from functions.domain.storage import ObjectVersion

REPORT_PERIOD = timedelta(days=7)
"""Time between two reports (Amazon S3 User Guide, Amazon S3 Inventory)."""

_ID = "%Y-%m-%dT%H-%MZ"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of rows. `size` is bytes, `md5` hex."""

    key: str
    size: int
    md5: str


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `id` is the time at which S3 began to scan the bucket. `columns` are those of every file."""

    id: str
    files: tuple[ReportFile, ...]
    columns: tuple[str, ...]

    @property
    def started_at(self) -> datetime:
        return report_time(self.id)


class DamagedReport(Exception):  # noqa: N818 - a result, not a fault
    """The report or one of its files is missing, incomplete or not what its manifest says. A retry finds the same."""


class InventoryReports(Protocol):
    """The reports of the bucket's inventories, one for each prefix. All methods may raise Unavailable."""

    def find_newest(self, prefix: str) -> str | None:
        """Returns the id of the newest report that is complete, None if there is none."""

    def get(self, prefix: str, report_id: str) -> Report:
        """Returns the report. Raises DamagedReport."""

    def read(self, report: Report, file: ReportFile, start: int) -> Iterator[ObjectVersion]:
        """Yields the rows from number `start` on. Raises DamagedReport, before the first row if the file was changed."""


def report_id(time: datetime) -> str:
    """Returns the id of a report that begins at this time. Ids sort by time."""
    return time.astimezone(UTC).strftime(_ID)


def report_time(report_id: str) -> datetime:
    """Returns the time at which the report began. Raises ValueError for a string that is no id."""
    return datetime.strptime(report_id, _ID).replace(tzinfo=UTC)
