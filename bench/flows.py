"""Uploads through the functions in this process, from create to download, as bills of their requests and log lines."""

from collections.abc import Callable
from typing import Any

from bench.contenders import REQUEST
from bench.in_process import InProcessFunctions
from bench.prices import Bill, Meter
from functions.domain.keys import owner_key, staging_key
from functions.domain.parts import MIB

GIB = 1024 * MIB
API_MS, EVENT_MS, SWEEP_MS = 15, 100, 60
MESSAGE_REQUESTS = 3
"""SQS requests of one message: send, receive, delete."""

ACCESS_LINE = 220
"""Bytes of one line in the gateway's access log (infra/api.py), without the caller."""
CALLER = 95
"""Bytes of the caller in such a line: the subject of the token and the source address."""

Process = Callable[[InProcessFunctions, Bill, str], None]
"""Takes an uploaded document by its id to the end of the pipeline, and adds to the bill what the stub does not see."""


def process_event(functions: InProcessFunctions, bill: Bill, document_id: str) -> None:
    """Delivers S3's event of the staged version."""
    functions.process_events([staging_key(owner_key("ada"), document_id)])
    add_invocation(bill, EVENT_MS)


def add_invocation(bill: Bill, milliseconds: float) -> None:
    bill.invocations += 1
    bill.milliseconds += milliseconds


def measure_single_put(
    functions: InProcessFunctions, process: Process = process_event, **changes: Any
) -> Bill:
    """Returns the bill of one PUT, by default of 2 MB. `changes` are of the request."""
    request: dict[str, Any] = {**REQUEST, **changes}

    def flow(bill: Bill) -> None:
        created = _call(functions, bill, "uploads", "POST /documents", "/documents", request)
        functions.send_bytes(created["upload"]["url"], created["upload"]["headers"], request["size"])
        document_id = created["document"]["id"]
        process(functions, bill, document_id)
        _download(functions, bill, document_id)

    return _measure(functions, flow)


def measure_multipart(
    functions: InProcessFunctions, size: int, process: Process = process_event, **changes: Any
) -> Bill:
    """Returns the bill of a file in parts, with the calls create, complete and download, and those for more part URLs.

    `size` is bytes. `changes` are of the request. Without `partSize`, parts have the size of the deployment.
    """
    request = (
        {"fileName": "a.mp4", "contentType": "video/mp4"} | changes | {"size": size, "method": "MULTIPART"}
    )

    def flow(bill: Bill) -> None:
        created = _call(functions, bill, "uploads", "POST /documents", "/documents", request)
        upload, path = created["upload"], f"/documents/{created['document']['id']}"
        parts = upload["parts"]
        if more := [*range(len(parts) + 1, upload["partCount"] + 1)]:
            body = {"partNumbers": more}
            parts += _call(functions, bill, "uploads", "POST /documents/{id}/parts", f"{path}/parts", body)[
                "parts"
            ]
        for part in parts:
            functions.send_bytes(part["url"], part["headers"], part["size"])
        _call(functions, bill, "uploads", "POST /documents/{id}/complete", f"{path}/complete", {})
        process(functions, bill, created["document"]["id"])
        _download(functions, bill, created["document"]["id"])

    return _measure(functions, flow)


def _download(functions: InProcessFunctions, bill: Bill, document_id: str) -> None:
    path = f"/documents/{document_id}/download"
    response = _call(functions, bill, "documents", "GET /documents/{id}/download", path)
    functions.fetch(response["url"])


def _call(
    functions: InProcessFunctions,
    bill: Bill,
    function: str,
    route: str,
    path: str,
    body: dict[str, Any] | None = None,
) -> Any:
    bill.api += 1
    bill.invocations += 1
    bill.milliseconds += API_MS
    bill.log_bytes += ACCESS_LINE
    return functions.call(function, route, path, body)


def _measure(functions: InProcessFunctions, flow: Callable[[Bill], None]) -> Bill:
    """Runs `flow` and returns the bill of its requests and log lines."""
    bill, meter = Bill(sqs=MESSAGE_REQUESTS), Meter(("due_shard", "next_check_at"))
    functions.take_requests()
    functions.take_log_bytes()
    flow(bill)
    bill.log_bytes += functions.take_log_bytes()
    for request in functions.take_requests():
        if request["service"] == "s3":
            bill.s3[request["operation"]] += 1
        elif request["service"] == "sqs":
            bill.sqs += MESSAGE_REQUESTS
        else:
            writes, reads = meter.count_units(request["operation"], request["body"])
            bill.write_units += writes
            bill.read_units += reads
    return bill
