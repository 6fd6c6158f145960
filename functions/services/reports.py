"""Use case of the slices that read reports of S3 Inventory instead of listing `documents/` and `renditions/`.

Each report is read once. The files of a report are shared out among the lanes of its prefix, and a run continues at the
row at which the one before ended. A report that has begun is read to its end before a newer one.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from functions.domain.reports import (
    DamagedReport,
    InventoryReports,
    Report,
    ReportFile,
    report_id,
    report_time,
)
from functions.domain.repository import READ_BATCH
from functions.domain.slices import REPORT_LANES, REPORTS, SliceResult
from functions.domain.storage import ObjectVersion

DAMAGED = "damaged_report"
"""Outcome of a report or a file that was not read, or not to its end, because it is damaged. The cause is logged."""

CheckRows = Callable[[str, Sequence[ObjectVersion], datetime], Iterator[str | None]]
"""Takes the prefix, the rows and the time at which the report began. Yields outcomes, None where nothing was done."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a report: the number of a file among those of the lane, and that of a row."""

    report: str
    file: int = 0
    row: int = 0
    is_end: bool = False

    @classmethod
    def from_cursor(cls, cursor: str | None) -> "Position | None":
        return cls(**json.loads(cursor)) if cursor else None

    def to_cursor(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportService:
    """Reads reports and checks their rows. `reports` is None for a deployment without S3 Inventory.

    `log_age` gets the prefix and the time since the newest report began, or since the first run if there was none.
    `log_damage` gets the prefix, the id of the report and the reason.
    """

    reports: InventoryReports | None
    check: CheckRows
    clock: Callable[[], datetime]
    log_age: Callable[[str, timedelta], object]
    log_damage: Callable[[str, str, str], object]

    def sweep_slice(self, name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> SliceResult:
        """Reads rows until time is over, or the newest report is read to its end. Raises Unavailable."""
        if self.reports is None:
            return SliceResult(Counter())
        prefix, lane = _parse_name(name)
        position = self._find_position(self.reports, prefix, lane, Position.from_cursor(cursor))
        if position.is_end:
            return SliceResult(Counter(), position.to_cursor())
        run = _Run(self.reports, prefix, lane, self.check, is_out_of_time, self.log_damage)
        end = run.read(position)
        return SliceResult(run.outcomes, end.to_cursor(), is_finished=end.is_end)

    def _find_position(
        self, reports: InventoryReports, prefix: str, lane: int, position: Position | None
    ) -> Position:
        """Returns the place at which this run begins. Before the first report, that is the end of an empty one."""
        newest = reports.find_newest(prefix)
        latest = position or Position(newest or report_id(self.clock()), is_end=newest is None)
        if lane == 0:
            self.log_age(prefix, self.clock() - report_time(max(newest or "", latest.report)))
        if latest.is_end and newest and newest > latest.report:
            return Position(newest)
        return latest


@dataclass(slots=True)
class _Run:
    """One run over the files of a lane."""

    reports: InventoryReports
    prefix: str
    lane: int
    check: CheckRows
    is_out_of_time: Callable[[], bool]
    log_damage: Callable[[str, str, str], object]
    outcomes: Counter[str] = field(default_factory=Counter)

    def read(self, position: Position) -> Position:
        """Returns the place at which the next run continues."""
        try:
            report = self.reports.get(self.prefix, position.report)
        except DamagedReport as error:
            self._count_damage(position, error)
            return replace(position, is_end=True)
        files = report.files[self.lane :: REPORT_LANES]
        while position.file < len(files):
            after = self._read_file(report, files[position.file], position)
            if after.file == position.file:
                return after
            position = after
        return replace(position, is_end=True)

    def _read_file(self, report: Report, file: ReportFile, position: Position) -> Position:
        """Returns a place in the same file if time is over, else the start of the next file."""
        rows = self.reports.read(report, file, position.row)
        try:
            while batch := [*islice(rows, READ_BATCH)]:
                self.outcomes.update(filter(None, self.check(self.prefix, batch, report.started_at)))
                position = replace(position, row=position.row + len(batch))
                if self.is_out_of_time():
                    return position
        except DamagedReport as error:
            self._count_damage(position, error)
        return Position(report.id, position.file + 1)

    def _count_damage(self, position: Position, error: DamagedReport) -> None:
        self.log_damage(self.prefix, position.report, str(error))
        self.outcomes[DAMAGED] += 1


def _parse_name(name: str) -> tuple[str, int]:
    """Returns prefix and lane, such as `documents/` and 0 of `reports/documents/0`."""
    prefix, _, lane = name.removeprefix(REPORTS).rpartition("/")
    return f"{prefix}/", int(lane)
