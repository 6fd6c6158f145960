"""Dollars per million uploads: our calls counted on the wire, beside those of the usual flows: `python -m bench.cost`.

Ours run through the handlers, and the stub notes each request; read and write units follow from the requests' own bodies. The usual flows are
written down here, call by call, and priced from the same table (prices.py). What no wire shows is assumed, for all alike: a function
of the API takes 15 ms, one that inspects 100 ms; a message is sent, received and deleted once. The gateway's log is in it, and so is each
upload's share in the janitor's visit to its owner, who uploads ten files a day.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bench.contenders import REQUEST
from bench.inside import Inside, inside
from bench.prices import AS_OF, REST_API, Bill, Meter
from bench.stub import SIZE
from bench.table import Row, report
from functions.domain.keys import owner_key, staging_key
from functions.domain.parts import MIB

GIB = 1024 * MIB
API_MS, EVENT_MS = 15, 100
MESSAGE = 3
ACCESS_LINE = 220
"""Bytes that the gateway logs of a request (infra/api.py)."""
UPLOADS_A_DAY = 10
VISIT_WRITES, VISIT_READS = 3, 4.5
"""Units, once a day for an owner who uploads: its entry goes into the index `due`, and out again; the janitor reads the index, what the owner
holds, and ten records; and writes what is open. tests/lambdas/test_calls.py counts these calls."""
THIRD_LESS = 2 / 3

_CHECKED = Counter(HeadObject=1, GetObject=2, CopyObject=1, DeleteObject=1)
"""HEAD, the first bytes, the copy, the old version; and the download."""


USUAL = Bill(
    s3=Counter(PutObject=1) + _CHECKED,
    api=4,  # create, complete, a look, download
    invocations=5,
    milliseconds=4 * API_MS + EVENT_MS,
    # An idempotency record is written twice; the record three times, each time with its entry in an index for lists.
    write_units=2 + 3 * 2,
    read_units=4,
    sqs=MESSAGE,
    events=2,  # EventBridge is told by S3, and tells the queue
    log_bytes=5 * 2000,
)
"""A presigned PUT, as in the samples of AWS: HTTP API, EventBridge, a queue, a copy to where it can be read."""


def usual_parts(part: int, *, calls_a_part: int) -> Bill:
    """The same for 1 GiB in parts."""
    count = -(-GIB // part)
    calls = 2 + (count * calls_a_part or 1) + 2  # create, URLs, complete, a look, download
    multipart = Counter(CreateMultipartUpload=1, UploadPart=count, CompleteMultipartUpload=1)
    return Bill(
        s3=multipart + _CHECKED,
        api=calls,
        invocations=calls + 1,
        milliseconds=calls * API_MS + EVENT_MS,
        write_units=USUAL.write_units,
        read_units=calls,
        sqs=MESSAGE,
        events=2,
        log_bytes=(calls + 1) * 2000,
    )


def single(functions: Inside) -> Bill:
    """2 MB in one PUT, from create to download."""

    def flow(bill: Bill) -> None:
        created = _call(functions, bill, "uploads", "POST /documents", "/documents", REQUEST)
        functions.send(created["upload"]["url"], created["upload"]["headers"], SIZE)
        _arrive_and_download(functions, bill, created["document"]["id"])

    return _counted(functions, flow)


def multipart(functions: Inside) -> Bill:
    """1 GiB in parts, with no more than create, complete and download."""
    request = {"fileName": "a.mp4", "size": GIB, "contentType": "video/mp4"}

    def flow(bill: Bill) -> None:
        created = _call(functions, bill, "uploads", "POST /documents", "/documents", request)
        for part in created["upload"]["parts"]:
            functions.send(part["url"], part["headers"], part["size"])
        path = f"/documents/{created['document']['id']}"
        _call(functions, bill, "uploads", "POST /documents/{id}/complete", f"{path}/complete", {})
        _arrive_and_download(functions, bill, created["document"]["id"])

    return _counted(functions, flow)


def _arrive_and_download(functions: Inside, bill: Bill, document_id: str) -> None:
    functions.arrived([staging_key(owner_key("ada"), document_id)])
    bill.invocations += 1
    bill.milliseconds += EVENT_MS
    path = f"/documents/{document_id}/download"
    answer = _call(functions, bill, "documents", "GET /documents/{id}/download", path)
    functions.fetch(answer["url"])


def shared(bill: Bill, uploads: int) -> Bill:
    """With its share in the visit to an owner of so many uploads a day."""
    return replace(
        bill,
        write_units=bill.write_units + VISIT_WRITES / uploads,
        read_units=bill.read_units + VISIT_READS / uploads,
    )


def _call(
    functions: Inside, bill: Bill, function: str, route: str, path: str, body: dict[str, Any] | None = None
) -> Any:
    bill.api += 1
    bill.invocations += 1
    bill.milliseconds += API_MS
    bill.log_bytes += ACCESS_LINE
    return functions.call(function, route, path, body)


def _counted(functions: Inside, flow: Callable[[Bill], None]) -> Bill:
    """What the wire and the log have seen of it."""
    bill, meter = Bill(sqs=MESSAGE), Meter(("due_shard", "next_check_at"))
    functions.aws.take()
    functions.take_log_bytes()
    flow(bill)
    bill.log_bytes += functions.take_log_bytes()
    for taken in functions.aws.take():
        if taken["service"] == "s3":
            bill.s3[taken["operation"]] += 1
        else:
            writes, reads = meter.units(taken["operation"], taken["body"])
            bill.write_units += writes
            bill.read_units += reads
    return bill


def rows() -> Iterator[Row]:
    with inside() as functions:
        once = {"2 MB": single(functions), "1 GiB": multipart(functions)}
    ours = {size: shared(bill, UPLOADS_A_DAY) for size, bill in once.items()}
    rest = replace(USUAL, api_price=REST_API)
    yield from _compared("2 MB", ours["2 MB"], {"usual flow": USUAL, "usual flow behind a REST API": rest})
    alone = shared(once["2 MB"], 1)
    yield Row("cost of 2 MB", "Airlock, the owner's only upload of the day", alone.dollars, "$/million")
    usual = {
        "usual flow, Uppy's parts of 5 MiB, one call per part": usual_parts(5 * MIB, calls_a_part=1),
        "usual flow, parts of 16 MiB, one call for all URLs": usual_parts(16 * MIB, calls_a_part=0),
    }
    yield from _compared("1 GiB", ours["1 GiB"], usual)


def _compared(size: str, ours: Bill, theirs: Mapping[str, Bill]) -> Iterator[Row]:
    bench = f"cost of {size}"
    yield Row(bench, f"Airlock, prices of {AS_OF}", ours.dollars, "$/million")
    for line, dollars in ours.lines().items():
        yield Row(bench, f"Airlock: {line}", dollars, "$/million")
    for name, count in ours.s3.items():
        yield Row(bench, f"Airlock: {name}", count, "requests")
    yield Row(bench, "Airlock: API calls", ours.api, "requests")
    yield Row(bench, "Airlock: DynamoDB writes", ours.write_units, "units")
    yield Row(bench, "Airlock: DynamoDB reads", ours.read_units, "units")
    yield Row(bench, "Airlock: log lines", ours.log_bytes, "bytes")
    for name, bill in theirs.items():
        yield Row(bench, name, bill.dollars, "$/million", ours.dollars / bill.dollars, THIRD_LESS)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
