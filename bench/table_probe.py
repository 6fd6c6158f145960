"""Checks one CSV file in its own process: `python table_probe.py CONTENDER FILE`.

Prints the CPU seconds, the peak memory in bytes and the number of valid rows. Every contender rejects a row
without an email, or with a value of another type, and writes the others into the directory for temporary files.

The peers use the standard library and their own packages only, because they run in an environment of their own.
"""

import csv
import json
import os
import re
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib import import_module
from pathlib import Path

EMAIL = re.compile(r"[^@ ]+@[^@ ]+")
BOOLEANS = {"true": True, "false": False}
COLUMNS = [
    {"name": "id", "type": "integer", "required": True, "unique": True},
    {"name": "email", "required": True, "pattern": EMAIL.pattern},
    {"name": "name"},
    {"name": "birthday", "type": "date"},
    {"name": "amount", "type": "decimal"},
    {"name": "active", "type": "boolean"},
    {"name": "city"},
    {"name": "note"},
]


def main(contender: str, path: str) -> None:
    if contender in ("check_whole", "check_chunks"):
        check = getattr(import_module("bench.peers.pandas_table"), contender)
    else:
        check = {"airlock": check_with_airlock, "csv_module": check_with_csv}[contender]
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        accepted = check(path, Path(folder))
        figures = {
            "cpu": time.process_time() - cpu,
            "peak": read_peak(),
            "accepted": accepted,
        }
    print(json.dumps(figures))


def read_peak() -> int:
    """Returns the peak of resident memory in bytes. getrusage may return that of the parent."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def check_with_airlock(path: str, folder: Path) -> int:
    """The worker itself, with ranges of the file instead of those of S3."""
    from datetime import UTC, datetime

    from functions.domain.tasks import Task
    from functions.features.job import Job
    from functions.features.table.definition import parse
    from functions.features.table.worker import TableWorker
    from functions.pipeline.step import Passed

    file = os.open(path, os.O_RDONLY)

    class File:
        """The file instead of a staged version. Renditions are not kept."""

        def exists(self, *_: object) -> bool:
            return True

        def read(self, _key: str, _version: str, start: int, length: int) -> bytes:
            return os.pread(file, length, start)

        def download(self, *_: object) -> None:
            raise NotImplementedError

        def put(self, *_: object) -> str:
            return "version"

    task = Task(
        document_id="document",
        owner="owner",
        step="table",
        attempt=1,
        bucket="bucket",
        key="key",
        version="version",
        size=Path(path).stat().st_size,
        content_type="text/csv",
        parameters=parse("", {"columns": COLUMNS, "max_rejected_rows": 100_000}),
        deadline=datetime.now(UTC),
    )
    job = Job(
        task=task, objects=File(), directory=folder, report_progress=lambda _: None, seconds_left=lambda: 900
    )
    verdict = TableWorker().work(job)
    assert isinstance(verdict, Passed), verdict
    return int(str(verdict.facts["rowsAccepted"]))


def check_with_csv(path: str, folder: Path) -> int:
    """Writes lines of JSON, because the standard library has no Parquet."""
    accepted, seen = 0, set()
    with Path(path).open(encoding="utf-8", newline="") as file, (folder / "rows").open("w") as rows:
        reader = csv.reader(file, strict=True)
        next(reader)
        for number, email, name, birthday, amount, active, city, note in reader:
            try:
                row = (int(number), date.fromisoformat(birthday), Decimal(amount), BOOLEANS[active])
            except (ValueError, KeyError, InvalidOperation):
                continue
            if row[0] in seen or not EMAIL.fullmatch(email):
                continue
            seen.add(row[0])
            rows.write(json.dumps([row[0], email, name, birthday, amount, row[3], city, note]) + "\n")
            accepted += 1
    return accepted


if __name__ == "__main__":
    main(*sys.argv[1:])
