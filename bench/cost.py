"""Dollars per million uploads, compared with the usual flows: `python -m bench.cost`.

The requests of Airlock are counted: its handlers run against the stub, which records each request. Read and write units
are computed from the bodies of these requests. The requests of the usual flows are listed here. All are priced by the
same table (prices.py).

Assumptions, equal for all: an API function takes 15 ms, inspection 100 ms, a hundred swept versions 60 ms, and a message is
sent, received and deleted once. The cost includes the gateway's access log and the upload's share of the recount of its owner, who uploads ten
files in an hour, or none.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bench import audit_cost, push_cost, step_cost, webhook_cost
from bench.flows import (
    ACCESS_LINE,
    API_MS,
    CALLER,
    EVENT_MS,
    GIB,
    MESSAGE_REQUESTS,
    SWEEP_MS,
    measure_multipart,
    measure_single_put,
)
from bench.in_process import InProcessFunctions, run_in_process
from bench.prices import AS_OF, KMS_SIGN, LAMBDA, LOG_GB, REST_API, S3_GB_MONTH, S3_PUT, Bill
from bench.stub import SIZE
from bench.table import Row, report
from functions.domain.parts import MIB

UPLOADS_AN_HOUR = 10
RECOUNT_WRITES, RECOUNT_READS = 3, 4.5
"""Capacity units of one recount, which takes place once for an hour in which an owner uploads.

The owner's entry is written to the index `due` and removed from it. The sweep reads the index, the usage and ten
documents, and writes the recount. tests/lambdas/test_calls.py counts these requests.
"""
SWEEPS, SWEPT_AT_ONCE = 2, 100
"""Sweeps that list a staged version, and versions whose records are read and deleted at once.

A PUT's version stays for the lifetime of its URL, 15 minutes, and until the next sweep, at most 15 minutes later.
"""
LISTED_AT_ONCE = 1_000
"""Versions in one response of ListObjectVersions."""
STAGED_MINUTES = 31
MINUTES_A_MONTH = 30 * 24 * 60
READY_CHANGES = 3
"""Changes of a document on its way to ready that are events."""
PUBLISH_LINE = 124
"""Bytes of the line `published` in the log, one for each batch."""

BAR = 2 / 3
"""Maximum ratio of Airlock's cost to that of a usual flow."""
SWEPT_BAR = 0.70
"""The same with the sweep, for 2 MB."""
DOLLARS_BAR = 20.65
"""Maximum dollars per million uploads of 2 MB without the rows that are listed by themselves, such as the sweep."""

_CHECK_AND_DOWNLOAD = Counter(HeadObject=1, GetObject=2, CopyObject=1, DeleteObject=1)
"""HEAD, the first bytes, the copy, the deletion of the staged version, and the download."""


USUAL = Bill(
    s3=Counter(PutObject=1) + _CHECK_AND_DOWNLOAD,
    api=4,  # create, complete, one GET, download
    invocations=5,
    milliseconds=4 * API_MS + EVENT_MS,
    # The idempotency record is written twice. The document is written three times, each time with its entry in the index
    # for lists.
    write_units=2 + 3 * 2,
    read_units=4,
    sqs=MESSAGE_REQUESTS,
    events=2,  # from S3 to EventBridge, and from EventBridge to the queue
    log_bytes=5 * 2000,
)
"""A presigned PUT as in AWS's samples: HTTP API, EventBridge, a queue, and a copy to the prefix that can be read."""


def usual_multipart(part_size: int, *, calls_per_part: int) -> Bill:
    """Returns the bill of the same flow for 1 GiB in parts. With 0 `calls_per_part`, one call gets all URLs."""
    count = -(-GIB // part_size)
    calls = 2 + (count * calls_per_part or 1) + 2  # create, complete, URLs, one GET, download
    multipart = Counter(CreateMultipartUpload=1, UploadPart=count, CompleteMultipartUpload=1)
    return Bill(
        s3=multipart + _CHECK_AND_DOWNLOAD,
        api=calls,
        invocations=calls + 1,
        milliseconds=calls * API_MS + EVENT_MS,
        write_units=USUAL.write_units,
        read_units=calls,
        sqs=MESSAGE_REQUESTS,
        events=2,
        log_bytes=(calls + 1) * 2000,
    )


def sweep_dollars(size: int) -> float:
    """Returns what the sweep of a million staged versions costs, with their storage until then. `size` is bytes.

    tests/services/test_sweeps.py counts the requests. An eventually consistent read of a record is half a unit.
    """
    listed = Bill(
        s3=Counter(DeleteObjects=1),
        invocations=0,
        milliseconds=SWEEPS * SWEEP_MS / SWEPT_AT_ONCE,
        read_units=SWEEPS * 0.5,
    )
    lists = SWEEPS / LISTED_AT_ONCE * S3_PUT
    storage = size / 1e9 * S3_GB_MONTH * STAGED_MINUTES / MINUTES_A_MONTH * 1e6
    return listed.dollars + lists + storage


def manifest_dollars() -> float:
    """Returns what a million manifests cost, each of one request, without the month of the key (KMS_KEY_MONTH)."""
    request = Bill(api=1, invocations=1, milliseconds=API_MS, read_units=1, log_bytes=ACCESS_LINE + CALLER)
    return request.dollars + KMS_SIGN


def event_dollars(batch: int) -> float:
    """Returns what a million documents that become ready cost with `events=true`, whose changes come in batches of this size.

    Each has three changes: created, processing and ready. Lambda's reads of the stream are free. An event of up to 64 KB is one.
    https://aws.amazon.com/eventbridge/pricing/
    """
    invocations = READY_CHANGES / batch
    published = Bill(events=READY_CHANGES, milliseconds=invocations * API_MS, log_bytes=0)
    return published.dollars + invocations * (LAMBDA + PUBLISH_LINE / 1000 * LOG_GB)


def caller_dollars(bill: Bill) -> float:
    """Returns what the callers in the lines of the access log cost."""
    with_callers = replace(bill, log_bytes=bill.log_bytes + bill.api * CALLER)
    return with_callers.dollars - bill.dollars


def metrics_dollars(line_bytes: int) -> float:
    """Returns what the line costs that a document leaves in the log. The metrics are billed by the month, not by the document."""
    return line_bytes / 1000 * LOG_GB


def add_recount(bill: Bill, uploads_a_day: int) -> Bill:
    """Adds the upload's share of the daily recount of its owner."""
    return replace(
        bill,
        write_units=bill.write_units + RECOUNT_WRITES / uploads_a_day,
        read_units=bill.read_units + RECOUNT_READS / uploads_a_day,
    )


def rows() -> Iterator[Row]:
    with run_in_process() as functions:
        single = measure_single_put(functions)
        metric_bytes = functions.metric_bytes
        bills = {"2 MB": single, "1 GiB": measure_multipart(functions, GIB)}
        smaller_parts = list(_measure_smaller_parts(functions))
    ours = {size: add_recount(bill, UPLOADS_AN_HOUR) for size, bill in bills.items()}
    rest = replace(USUAL, api_price=REST_API)
    swept = sweep_dollars(SIZE)
    yield Row("cost of 2 MB", "Airlock: the sweep of the staged version", swept, "$/million")
    yield Row("cost of 2 MB", "Airlock: the line with metrics", metrics_dollars(metric_bytes), "$/million")
    yield Row(
        "cost of 2 MB", "Airlock: the caller in the access log", caller_dollars(ours["2 MB"]), "$/million"
    )
    yield Row("cost of a manifest", "Airlock, with `manifest=true`", manifest_dollars(), "$/million")
    for size, name in ((1, "each change alone"), (100, "batches of 100 changes")):
        yield Row("cost of events", f"Airlock, with `events=true`: {name}", event_dollars(size), "$/million")
    yield from push_cost.rows()
    yield from audit_cost.rows()
    flows = {"usual flow": USUAL, "usual flow behind a REST API": rest}
    yield from _compare("2 MB", ours["2 MB"], flows, swept=swept)
    single_upload = add_recount(bills["2 MB"], 1)
    yield Row(
        "cost of 2 MB", "Airlock, the owner's only upload of the hour", single_upload.dollars, "$/million"
    )
    usual = {
        "usual flow, Uppy's parts of 5 MiB, one call per part": usual_multipart(5 * MIB, calls_per_part=1),
        "usual flow, parts of 16 MiB, one call for all URLs": usual_multipart(16 * MIB, calls_per_part=0),
    }
    yield from _compare("1 GiB", ours["1 GiB"], usual)
    yield from smaller_parts
    yield from webhook_cost.rows()
    yield from step_cost.rows(lambda bill: add_recount(bill, UPLOADS_AN_HOUR))


def _measure_smaller_parts(functions: InProcessFunctions) -> Iterator[Row]:
    """Yields what the parts cost that the JavaScript client wishes for on a line that is slow or unknown."""
    for size, name, part_sizes in ((GIB, "1 GiB", (32, 8)), (100 * MIB, "100 MiB", (64, 8))):
        for part_size in part_sizes:
            bill = add_recount(measure_multipart(functions, size, partSize=part_size * MIB), UPLOADS_AN_HOUR)
            yield Row(f"cost of {name}", f"Airlock, parts of {part_size} MiB", bill.dollars, "$/million")


def _compare(size: str, ours: Bill, theirs: Mapping[str, Bill], *, swept: float = 0) -> Iterator[Row]:
    """`swept` is what the sweep costs, in dollars per million."""
    bench = f"cost of {size}"
    yield Row(
        bench, f"Airlock, prices of {AS_OF}", ours.dollars, "$/million", bar=DOLLARS_BAR if swept else None
    )
    for line, dollars in ours.lines().items():
        yield Row(bench, f"Airlock: {line}", dollars, "$/million")
    for name, count in ours.s3.items():
        yield Row(bench, f"Airlock: {name}", count, "requests")
    yield Row(bench, "Airlock: API calls", ours.api, "requests")
    yield Row(bench, "Airlock: DynamoDB writes", ours.write_units, "units")
    yield Row(bench, "Airlock: DynamoDB reads", ours.read_units, "units")
    yield Row(bench, "Airlock: log lines", ours.log_bytes, "bytes")
    bar = SWEPT_BAR if swept else BAR
    for name, bill in theirs.items():
        yield Row(bench, name, bill.dollars, "$/million", (ours.dollars + swept) / bill.dollars, bar)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
