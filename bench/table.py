"""The one table of all benchmarks: printed with the change since the last run, and kept in docs/benchmarks.md."""

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
_NOTICED = 0.1
"""A change below a tenth is noise on a machine that others use too."""


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is to the row of its bench that says so; `bar` is the highest ratio, or value, accepted."""

    bench: str
    what: str
    value: float
    unit: str
    ratio: float | None = None
    bar: float | None = None

    @property
    def is_above_its_bar(self) -> bool:
        measured = self.value if self.ratio is None else self.ratio
        return self.bar is not None and measured > self.bar


def report(rows: Sequence[Row]) -> int:
    """Print the table and keep it; rows of benches that have none now stay as they were. 1 when a bar is missed."""
    old = _DOCUMENT.read_text("utf-8").splitlines() if _DOCUMENT.exists() else []
    before = {key: value for line in old for key, value in _parsed(line)}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    _print(rows, before)
    benches = {row.bench for row in rows}
    kept = [line for line in old for (bench, _), _ in _parsed(line) if bench not in benches]
    new = [_line(row, before, today) for row in rows]
    _DOCUMENT.write_text(_introduction() + _HEAD + "\n".join([*new, *kept]) + "\n", "utf-8")
    missed = [row for row in rows if row.is_above_its_bar]
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
`bar` is the highest accepted ratio or value, **bold** where it is missed. `before` is the value of the previous run. AWS is a stub on the same
machine over plain HTTP, the same for all contenders.

"""


def _cpuinfo() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text().splitlines() if info.exists() else []


def _parsed(line: str) -> Iterator[tuple[tuple[str, str], float]]:
    if match := _ROW.match(line):
        yield (match["bench"], match["what"]), float(match["value"].replace(",", ""))


def _line(row: Row, before: dict[tuple[str, str], float], today: str) -> str:
    ratio = "" if row.ratio is None else _number(row.ratio)
    bar = "" if row.bar is None else _number(row.bar)
    old = before.get((row.bench, row.what))
    shown = [f"**{cell}**" if cell and row.is_above_its_bar else cell for cell in (ratio, bar)]
    cells = [row.bench, row.what, _number(row.value), row.unit, *shown]
    return "| " + " | ".join([*cells, "" if old is None else _number(old), today]) + " |"


def _print(rows: Sequence[Row], before: dict[tuple[str, str], float]) -> None:
    width = max((len(_name(row)) for row in rows), default=0) + 2
    print(f"\n{'':{width}}{'value':>10} {'':12}{'ratio':>8}{'bar':>8}  change")
    for row in rows:
        ratio = "" if row.ratio is None else _number(row.ratio)
        bar = "" if row.bar is None else _number(row.bar)
        missed = "  MISSED" if row.is_above_its_bar else ""
        figures = f"{_number(row.value):>10} {row.unit:12}{ratio:>8}{bar:>8}  {_change(row, before)}{missed}"
        print(f"{_name(row):{width}}{figures}")


def _name(row: Row) -> str:
    return f"{row.bench}: {row.what}"


def _change(row: Row, before: dict[tuple[str, str], float]) -> str:
    old = before.get((row.bench, row.what))
    if old is None:
        return "new"
    change = row.value / old - 1 if old else 0.0
    return f"{change:+.0%}" if abs(change) >= _NOTICED else "="


def _number(value: float) -> str:
    """Three digits, or all of them before the point."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.6f}"
