"""Dollars per million documents with each step that Airlock ships, for `python -m bench.cost`.

The functions of the API, of the pipeline and of `scan` run against the stub, as those of an upload without steps. The workers
`image` and `table` are the real ones and process a real file. Their duration is their CPU time on this machine: one processor
is 1,769 MB of memory, so `table`, which uses two, is billed for less.

A person who reviews looks into the table and fetches the file, which costs as much as that person looks. That is not included.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import images, table_probe, tables
from bench.file_objects import FileObjects
from bench.flows import (
    API_MS,
    EVENT_MS,
    MESSAGE_REQUESTS,
    Process,
    add_invocation,
    measure_multipart,
    measure_single_put,
    process_event,
)
from bench.in_process import BUCKET, InProcessFunctions, run_in_process
from bench.prices import EVENTBRIDGE, FARGATE_GB_HOUR, FARGATE_VCPU_HOUR, PUBLIC_ADDRESS_HOUR, Bill
from bench.stub import SIZE, VERSION
from bench.table import Row
from bench.worker_time import measure_cpu
from functions.domain.keys import SCAN_AREA, owner_key, staging_key
from functions.domain.kinds import Kinds
from functions.features.registry import create_worker, find_definition
from functions.features.runner import TaskRunner
from functions.messages import document_ids, step_tasks
from functions.messages.batch import BatchConfig, process_batch
from tests.features.scan.events import scan_event
from tests.lambdas.events import sqs_event, sqs_message

MB = tables.MB
LARGE_SCAN, LARGE_TABLE = 100 * MB, 200 * MB
S3_EVENTS = 3
"""Events that a bucket with EventBridge sends for a document: two objects are created, and the staged one is deleted."""
CONTAINER_GB = 4
"""Memory of a container with ClamAV, which has one vCPU (infra/features/clamav.py)."""
_TYPES = ["image/png", "image/jpeg", "video/mp4", "text/csv"]
_COMMON: Mapping[str, Any] = {"content_types": _TYPES, "max_bytes": 1 << 30}
KINDS = Kinds(
    {
        "scanned": {**_COMMON, "steps": ["scan"]},
        "reviewed": {**_COMMON, "steps": ["review"]},
        "resized": {
            "content_types": ["image/jpeg"],
            "max_bytes": 1 << 28,
            "steps": ["image"],
            "image": {"sizes": images.SIZES, "format": "webp"},
        },
        "contacts": {
            "content_types": ["text/csv"],
            "max_bytes": 1 << 30,
            "steps": ["table"],
            "table": {"columns": table_probe.COLUMNS, "max_rejected_rows": 100_000},
        },
        "reporting": {**_COMMON, "duplicates": "report"},
    },
    find_definition,
)


@dataclass(frozen=True)
class WorkerFunction:
    """The function of a worker. `memory` and `storage`, its /tmp above 512 MB, are GB."""

    step: str
    memory: float
    storage: float = 0


IMAGE = WorkerFunction("image", memory=2)
TABLE = WorkerFunction("table", memory=3008 / 1024, storage=9.5)


def rows(add_recount: Callable[[Bill], Bill]) -> Iterator[Row]:
    """`add_recount` adds the upload's share of the recount of its owner."""
    with run_in_process(KINDS) as functions, TemporaryDirectory() as name:
        plain = measure_single_put(functions)
        yield from _list_rows("2 MB with scan", *map(add_recount, (_measure_scan(functions), plain)))
        events = S3_EVENTS * EVENTBRIDGE
        yield Row(
            "cost of 2 MB with scan", "Airlock: S3's events, which each document has", events, "$/million"
        )
        yield from _measure_large_scan(functions, add_recount)
        hour = FARGATE_VCPU_HOUR + CONTAINER_GB * FARGATE_GB_HOUR + PUBLIC_ADDRESS_HOUR
        yield Row("cost of a container with ClamAV", "an hour", hour, "$")
        yield Row("cost of a container with ClamAV", "a month of 730 hours", 730 * hour, "$")
        for kind, what in (("reviewed", "review"), ("reporting", "duplicates=report")):
            process = process_review if kind == "reviewed" else process_event
            bill = measure_single_put(functions, process, kind=kind)
            yield from _list_rows(f"2 MB with {what}", *map(add_recount, (bill, plain)))
        photo = images.create_photo(Path(name))
        bill = _measure_image(functions, photo)
        yield from _list_rows("a 24 MP photo to three sizes", *map(add_recount, (bill, plain)))
        yield from _measure_table(functions, Path(name) / "contacts.csv", add_recount)


def _measure_scan(functions: InProcessFunctions) -> Bill:
    return measure_single_put(functions, scan_of(SIZE), kind="scanned")


def _measure_large_scan(functions: InProcessFunctions, add_recount: Callable[[Bill], Bill]) -> Iterator[Row]:
    scanned = measure_multipart(functions, LARGE_SCAN, scan_of(LARGE_SCAN), kind="scanned")
    plain = measure_multipart(functions, LARGE_SCAN)
    yield from _list_rows("100 MB with scan", *map(add_recount, (scanned, plain)))


def _measure_image(functions: InProcessFunctions, photo: Path) -> Bill:
    request = {"kind": "resized", "contentType": "image/jpeg", "size": photo.stat().st_size}
    return measure_single_put(functions, work_of(IMAGE, photo), fileName="photo.jpg", **request)


def _measure_table(
    functions: InProcessFunctions, path: Path, add_recount: Callable[[Bill], Bill]
) -> Iterator[Row]:
    tables.write_file(path, LARGE_TABLE)
    size = path.stat().st_size
    request: dict[str, Any] = {"fileName": "contacts.csv", "contentType": "text/csv"}
    checked = measure_multipart(functions, size, work_of(TABLE, path), kind="contacts", **request)
    plain = measure_multipart(functions, size, kind="csv", **request)
    yield from _list_rows("a CSV file of 200 MB with table", *map(add_recount, (checked, plain)))


def _list_rows(what: str, bill: Bill, plain: Bill) -> Iterator[Row]:
    bench = f"cost of {what}"
    yield Row(bench, "Airlock", bill.dollars, "$/million")
    yield Row(bench, "Airlock: more than without the step", bill.dollars - plain.dollars, "$/million")
    for line, dollars in bill.lines().items():
        yield Row(bench, f"Airlock: {line}", dollars, "$/million")
    for name, count in bill.s3.items():
        yield Row(bench, f"Airlock: {name}", count, "requests")
    yield Row(bench, "Airlock: invocations", bill.invocations, "invocations")
    yield Row(bench, "Airlock: SQS", bill.sqs, "requests")
    yield Row(bench, "Airlock: DynamoDB writes", bill.write_units, "units")
    if bill.worker_gb_seconds:
        yield Row(bench, "Airlock: the worker", bill.worker_gb_seconds, "GB-seconds")


def scan_of(size: int) -> Process:
    """Returns the pipeline with GuardDuty, whose verdict comes by EventBridge and a queue. `size` is bytes."""

    def process(functions: InProcessFunctions, bill: Bill, document_id: str) -> None:
        key = staging_key(owner_key("ada"), document_id, SCAN_AREA)
        functions.process_events([key])
        add_invocation(bill, EVENT_MS)
        bill.events += S3_EVENTS
        bill.scans, bill.scanned_bytes = 1, size
        bill.s3["GetObject"] += 1  # GuardDuty reads the object
        functions.process_messages(
            "scan", "verdicts", [json.dumps(scan_event(bucket=BUCKET, key=key, version=VERSION))]
        )
        bill.sqs += MESSAGE_REQUESTS
        add_invocation(bill, API_MS)
        _process_results(functions, bill, "scan")

    return process


def process_review(functions: InProcessFunctions, bill: Bill, document_id: str) -> None:
    """A person approves as `operate review` does. Nobody receives the task, which its queue deletes."""
    process_event(functions, bill, document_id)
    [body] = functions.take_messages("review-tasks")
    task = json.loads(body)
    names = ("owner", "documentId", "attempt", "versionId")
    verdict = {name: task[name] for name in names} | {"step": "review", "outcome": "passed"}
    functions.process_messages("pipeline", "review-results", [json.dumps(verdict)])
    add_invocation(bill, EVENT_MS)
    bill.sqs += 1  # the two messages have four requests, of which the one that was sent counts as three


def work_of(function: WorkerFunction, path: Path) -> Process:
    """Returns the pipeline with a worker that reads the file at `path`."""

    def process(functions: InProcessFunctions, bill: Bill, document_id: str) -> None:
        process_event(functions, bill, document_id)
        [body] = functions.take_messages(f"{function.step}-tasks")
        objects = FileObjects(path)
        seconds = measure_cpu(lambda: _work(function.step, objects, body))
        bill.s3.update(objects.requests)
        bill.invocations += 1
        bill.worker_gb_seconds += seconds * function.memory
        bill.storage_gb_seconds += seconds * function.storage
        _process_results(functions, bill, function.step)

    return process


def _work(step: str, objects: FileObjects, body: str) -> None:
    """Does a task as functions/lambdas/step_worker.py does."""
    from functions.wiring import queues

    runner = TaskRunner(create_worker(step), objects, queues.results_of(step))
    queue = f"{step}-tasks"
    config = BatchConfig(
        handler=lambda task: [runner.run(step_tasks.parse(task), lambda: 900)],
        group_key=document_ids.document_of,
        has_time=lambda: True,
        queue=queues.consumed_queue(queue),
    )
    answer = process_batch(sqs_event([sqs_message(body, queue=queue)]), config)
    assert answer == {"batchItemFailures": []}


def _process_results(functions: InProcessFunctions, bill: Bill, step: str) -> None:
    """Delivers each result by itself. One that reports progress takes as long as a request of the API."""
    for body in functions.take_messages(f"{step}-results"):
        functions.process_messages("pipeline", f"{step}-results", [body])
        add_invocation(bill, API_MS if json.loads(body)["outcome"] == "progress" else EVENT_MS)
