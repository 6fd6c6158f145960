"""CPU time and peak memory of a validated CSV file: the worker of the step `table`, pandas and the csv module.

`python -m bench.tables [GB]` writes files of 10 MB, 200 MB and 2 GB of contacts, or of another largest size. Each contender
runs in a process of its own, reads the same file, checks the same columns and writes the valid rows; the csv module writes JSON.
Only Airlock reports the line and the column of each invalid row, which is one in a thousand. The file is
on the disk, so that no time is spent waiting for S3.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import packages
from bench.table import Row, report

BENCH = "CSV file to checked rows"
MB = 1_000_000
SIZES = (10 * MB, 200 * MB, 2_000 * MB)
FLAT = 1.5
"""Accepted memory of the largest file, relative to that of the file of 200 MB."""

_PROBE = Path(__file__).with_name("table_probe.py")
_ROOT = Path(__file__).parents[1]
_BLOCK = 10_000
"""Rows of a block, which the file repeats with other numbers in the first column."""
_HEADER = b"id,email,name,birthday,amount,active,city,note\n"


@dataclass(frozen=True)
class Contender:
    """A program that checks a file."""

    name: str
    command: tuple[str, ...]


def rows(largest: int = SIZES[-1]) -> Iterator[Row]:
    sizes = [size for size in SIZES if size < largest] + [largest]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        measured: dict[tuple[str, int], dict[str, float]] = {}
        for size in sizes:
            number = write_file(path, size)
            for contender in _list_contenders():
                figures = _run(contender, path)
                assert figures["accepted"] == number - number // 1_000, (contender.name, figures, number)
                measured[contender.name, size] = figures
                yield from _rows_of(contender, size, figures, measured)


def _rows_of(
    contender: Contender,
    size: int,
    figures: dict[str, float],
    measured: dict[tuple[str, int], dict[str, float]],
) -> Iterator[Row]:
    what = f"{size // MB:,} MB, {contender.name}"
    ours = measured[_list_contenders()[0].name, size]
    is_ours = figures is ours
    reference = measured.get((contender.name, SIZES[1])) if is_ours and size > SIZES[1] else None
    yield Row(BENCH, what, figures["cpu"], "s CPU", None if is_ours else ours["cpu"] / figures["cpu"])
    yield Row(
        BENCH,
        f"{what}: peak memory",
        figures["peak"] / MB,
        "MB",
        (figures["peak"] / reference["peak"])
        if reference
        else None
        if is_ours
        else ours["peak"] / figures["peak"],
        FLAT if reference else None,
    )


def _list_contenders() -> list[Contender]:
    contenders = [Contender("Airlock", (sys.executable, str(_PROBE), "airlock"))]
    try:
        interpreter = str(packages.install_python())
    except packages.NotInstalledError as error:
        print(f"skipped: pandas, because its packages cannot be installed ({error})")
        interpreter = ""
    if interpreter:
        contenders.append(Contender("pandas, whole file", (interpreter, str(_PROBE), "check_whole")))
        contenders.append(Contender("pandas, in chunks", (interpreter, str(_PROBE), "check_chunks")))
    contenders.append(Contender("csv module", (sys.executable, str(_PROBE), "csv_module")))
    return contenders


def _run(contender: Contender, path: Path) -> dict[str, float]:
    environment = {"PYTHONPATH": str(_ROOT), "TMPDIR": str(path.parent)}
    result = subprocess.run(
        [*contender.command, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return figures


def write_file(path: Path, size: int) -> int:
    """Writes a file of about this size. Returns the number of its rows, of which one in a thousand has no email."""
    number, block = 0, [_format_row(number) for number in range(_BLOCK)]
    with path.open("wb") as file:
        file.write(_HEADER)
        while file.tell() < size:
            file.write("".join(f"{number + index},{row}" for index, row in enumerate(block)).encode())
            number += _BLOCK
    return number


def _format_row(number: int) -> str:
    """Returns a row without its first column, in which each row of the file has another number."""
    email = "" if number % 1_000 == 17 else f"user{number}@example.com"
    noise = number * 2_654_435_761 % (1 << 32)
    return (
        f'{email},"Ada, number {noise % 10_000}",{1950 + noise % 50}-0{1 + noise % 9}-{10 + noise % 19},'
        f"{noise % 100_000 / 100},{'true' if noise % 2 else 'false'},Zürich,{'x' * (noise % 30)}\n"
    )


if __name__ == "__main__":
    largest = int(float(sys.argv[1]) * 1_000 * MB) if sys.argv[1:] else SIZES[-1]
    sys.exit(report(list(rows(largest))))
