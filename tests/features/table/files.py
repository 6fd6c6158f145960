"""Runs the worker of the step `table` on a file in memory."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from functions.domain.keys import renditions_prefix
from functions.domain.steps import Json
from functions.features.job import Job
from functions.features.runner import TaskRunner
from functions.features.table.definition import parse
from functions.features.table.worker import TableWorker
from functions.pipeline.step import Passed, Rejected
from tests.examples import OWNER, an_id
from tests.fake_step_objects import InMemoryStepObjects
from tests.fakes import InMemoryResultQueue
from tests.features.tasks import a_task

CONTACTS: tuple[dict[str, Any], ...] = (
    {"name": "name", "required": True},
    {"name": "age", "type": "integer"},
    {"name": "note"},
)


@dataclass
class Run:
    """The verdict on one file, and the renditions that were stored."""

    verdict: Passed | Rejected
    renditions: dict[str, Mapping[str, Json]]
    progress: list[str | None]
    objects: InMemoryStepObjects = field(repr=False)

    def body(self, name: str) -> bytes:
        key = f"{renditions_prefix(OWNER, an_id())}table/{name}"
        return self.objects.store.read(key, str(self.renditions[name]["versionId"]), 0, 1 << 40)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the rendition `rows`, which is Parquet or NDJSON."""
        with tempfile.NamedTemporaryFile() as file, duckdb.connect() as database:
            database.execute("SET TimeZone = 'UTC'")
            file.write(self.body("rows"))
            file.flush()
            is_parquet = self.renditions["rows"]["contentType"] == "application/vnd.apache.parquet"
            read = "read_parquet" if is_parquet else "read_ndjson"
            return database.execute(f"FROM {read}('{file.name}')").fetchall()

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.body("report"))
        return report

    @property
    def errors(self) -> list[tuple[int, str, str]]:
        return [(each["line"], each["column"], each["code"]) for each in self.report["errors"]]

    @property
    def rejected(self) -> list[list[str]]:
        """The rows of the rendition `rejected`, without its header."""
        return list(csv.reader(io.StringIO(self.body("rejected").decode("utf-8-sig"), newline="")))[1:]


@dataclass
class _ObservedWorker:
    """The worker, whose verdicts and renditions are kept."""

    worker: TableWorker
    verdicts: list[tuple[Passed | Rejected, dict[str, Mapping[str, Json]]]] = field(default_factory=list)

    def work(self, job: Job) -> Passed | Rejected:
        verdict = self.worker.work(job)
        self.verdicts.append((verdict, job.renditions))
        return verdict


def validate(
    content: bytes | str,
    columns: Sequence[Mapping[str, Any]] = CONTACTS,
    *,
    worker: TableWorker | None = None,
    objects: InMemoryStepObjects | None = None,
    **parameters: Any,
) -> Run:
    """Runs the worker with the parameters of a kind, and sends its verdict. By default up to 1,000 rows may be invalid."""
    body = content.encode() if isinstance(content, str) else content
    objects = objects or InMemoryStepObjects()
    section = {"columns": list(columns), "max_rejected_rows": 1_000} | parameters
    values = json.loads(json.dumps(parse("contacts.table", section)))
    task = a_task(objects, body, "table", "text/csv", parameters=values)
    observed, queue = _ObservedWorker(worker or TableWorker()), InMemoryResultQueue()
    TaskRunner(observed, objects, queue).run(task, lambda: 900)
    *progress, _ = (result.detail for result in queue.results)
    [(verdict, renditions)] = observed.verdicts
    return Run(verdict, renditions, progress, objects)
