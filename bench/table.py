"""The table of all benchmarks: printed with the change since the last run, and written to docs/benchmarks.md."""

import os
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_HEAD = "| bench | what | value | unit | ratio | bar | before | measured |\n|---|---|---:|---|---:|---:|---:|---|\n"
_ROW = re.compile(r"^\| (?P<bench>[^|]+?) \| (?P<what>[^|]+?) \| (?P<value>[\d.,]+) \| .* \|$")
_MIN_CHANGE = 0.1
"""Smallest relative change that is printed. A smaller one is noise on a shared machine."""


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is Airlock's figure divided by this one. `bar` is the maximum of the ratio, or of the value
    without a ratio.
    """

    bench: str
    what: str
    value: float
    unit: str
    ratio: float | None = None
    bar: float | None = None

    @property
    def is_above_bar(self) -> bool:
        measured = self.value if self.ratio is None else self.ratio
        return self.bar is not None and measured > self.bar


def report(rows: Sequence[Row]) -> int:
    """Prints and writes the table. Rows of other benches are kept. Returns the exit code: 1 if a bar is missed."""
    old = _DOCUMENT.read_text("utf-8").splitlines() if _DOCUMENT.exists() else []
    before = {key: value for line in old for key, value in _parse_line(line)}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    _print(rows, before)
    benches = {row.bench for row in rows}
    kept = [line for line in old for (bench, _), _ in _parse_line(line) if bench not in benches]
    new = [_format_line(row, before, today) for row in rows]
    _DOCUMENT.write_text(_introduction() + _HEAD + "\n".join([*new, *kept]) + "\n", "utf-8")
    missed = [row for row in rows if row.is_above_bar]
    print(f"\n{len(missed)} bars missed" if missed else "\nall bars met")
    return 1 if missed else 0


def _introduction() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    packages = ", ".join(f"{name} {version(name)}" for name in ("boto3", "aws-lambda-powertools", "pydantic"))
    return f"""# Benchmarks

Written by `make bench` ({datetime.now(UTC):%Y-%m-%d}); do not edit. {cpu}, {os.cpu_count()} cores, {platform.system()}, Python
{platform.python_version()}; {packages}. The versions of the peers are in `bench/requirements.txt` and `bench/peers/package-lock.json`.

Times are CPU times of one process: medians of interleaved rounds, so that load on the machine slows all contenders alike. Compare ratios, because the
microseconds depend on the machine. `ratio` is Airlock's value divided by the row's value (for sniffing: by the time of a SHA-256 of the same bytes).
Rows of one owner's creates, and simulations, compare Airlock with itself: there `ratio` is the row's value divided by that of the first row of its kind, such
as one create at a time, or a list without a filter. A simulation runs the real code on virtual time: 5 ms a call of the table, 25 ms one of S3 or SQS.
`bar` is the highest accepted ratio or value, **bold** where it is missed. `before` is the value of the previous run. AWS is a stub on the same
machine over plain HTTP, the same for all contenders.

"""


def _cpuinfo() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text().splitlines() if info.exists() else []


def _parse_line(line: str) -> Iterator[tuple[tuple[str, str], float]]:
    if match := _ROW.match(line):
        yield (match["bench"], match["what"]), float(match["value"].replace(",", ""))


def _format_line(row: Row, before: dict[tuple[str, str], float], today: str) -> str:
    ratio = "" if row.ratio is None else _format_number(row.ratio)
    bar = "" if row.bar is None else _format_number(row.bar)
    old = before.get((row.bench, row.what))
    emphasised = [f"**{cell}**" if cell and row.is_above_bar else cell for cell in (ratio, bar)]
    cells = [row.bench, row.what, _format_number(row.value), row.unit, *emphasised]
    return "| " + " | ".join([*cells, "" if old is None else _format_number(old), today]) + " |"


def _print(rows: Sequence[Row], before: dict[tuple[str, str], float]) -> None:
    width = max((len(_name(row)) for row in rows), default=0) + 2
    print(f"\n{'':{width}}{'value':>10} {'':12}{'ratio':>8}{'bar':>8}  change")
    for row in rows:
        ratio = "" if row.ratio is None else _format_number(row.ratio)
        bar = "" if row.bar is None else _format_number(row.bar)
        missed = "  MISSED" if row.is_above_bar else ""
        figures = f"{_format_number(row.value):>10} {row.unit:12}{ratio:>8}{bar:>8}  {_format_change(row, before)}{missed}"
        print(f"{_name(row):{width}}{figures}")


def _name(row: Row) -> str:
    return f"{row.bench}: {row.what}"


def _format_change(row: Row, before: dict[tuple[str, str], float]) -> str:
    old = before.get((row.bench, row.what))
    if old is None:
        return "new"
    change = row.value / old - 1 if old else 0.0
    return f"{change:+.0%}" if abs(change) >= _MIN_CHANGE else "="


def _format_number(value: float) -> str:
    """Formats with three significant digits, or as an integer from 100."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.6f}"
