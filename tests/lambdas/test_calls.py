"""Every call to AWS that the functions make for one upload.

Calls to DynamoDB are counted on the wire, calls to S3 by an event of botocore.
"""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from functions.adapters.dynamodb.retries import MAX_ATTEMPTS as ATTEMPTS
from functions.domain.repository import DUE_SHARDS
from functions.wiring import clients
from tests.examples import PNG
from tests.lambdas.account import Account, forget_wiring
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document, put, put_only_part
from tests.lambdas.sweep_invocations import sweep
from tests.table_server import table_server

TWO_MB = PNG.ljust(2_000_000, b"\0")

CREATE = ["TransactWriteItems: Put DOC, Update USAGE"]
ARRIVE = [
    "GetItem: DOC",
    "GetObject",
    # The lease: it alone prevents two concurrent copies. The upload is no longer open.
    "PutItem: DOC",
    "UpdateItem: USAGE",
    "CopyObject",
    "PutItem: DOC",
]
DOWNLOAD = ["GetItem: DOC"]
COUNTED_DOWNLOAD = [*DOWNLOAD, "UpdateItem: USAGE"]
RECOUNT = ["GetItem: USAGE", "Query: DOC", "UpdateItem: USAGE"]


class RecordingProxy(ThreadingHTTPServer):
    """A proxy in front of the table that records the operations."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, calls: list[str], throttled: str | None = None) -> None:
        """`throttled` is the name of the calls that are not passed on."""
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.calls = calls
        self.throttled = throttled


class ProxyHandler(BaseHTTPRequestHandler):
    server: RecordingProxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(_name(self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(body)))
        if self.server.calls[-1] == self.server.throttled:
            self._respond(400, b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}')
            return
        table = HTTPConnection(table_server().removeprefix("http://"))
        table.request("POST", "/", body, dict(self.headers))
        answer = table.getresponse()
        data = answer.read()
        table.close()
        self._respond(answer.status, data)

    def _respond(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""


def _name(operation: str, asked: Any) -> str:
    if operation == "TransactWriteItems":
        entries = [(kind, write) for entry in asked["TransactItems"] for kind, write in entry.items()]
        return f"{operation}: " + ", ".join(f"{kind} {_kind(write)}" for kind, write in entries)
    return f"{operation}: {_kind(asked)}"


def _kind(asked: Any) -> str:
    if "RequestItems" in asked:
        [table] = asked["RequestItems"].values()
        return _kind({"Key": table["Keys"][0]})
    if "IndexName" in asked:
        return str(asked["IndexName"])
    key = asked.get("Item", asked.get("Key"))
    values = asked.get("ExpressionAttributeValues", {})
    sort_key = key["sk"] if key else values.get(":first", values.get(":prefix"))
    return str(sort_key["S"]).partition("#")[0]


@pytest.fixture
def calls(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The calls of the functions, in order."""
    recorded: list[str] = []
    events = clients.session().events
    events.register("before-call.s3", lambda model, **_: recorded.append(model.name), unique_id="calls")
    with RecordingProxy(recorded) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{proxy.server_address[1]}")
        forget_wiring()
        yield recorded
        proxy.shutdown()
        thread.join()
    events.unregister("before-call.s3", unique_id="calls")


def test_an_upload_of_2_mb_makes_only_the_expected_calls(
    account: Account, ada: Api, s3: httpx.Client, calls: list[str]
) -> None:
    created = ada.create(TWO_MB)
    assert calls == CREATE
    assert put(s3, created["upload"], TWO_MB).status_code == 200

    calls.clear()
    account.deliver(account.arrival_event("ada", created["document"]["id"]))
    assert calls == ARRIVE

    calls.clear()
    assert ada.get(f"/documents/{created['document']['id']}/download").status == 200
    assert calls == DOWNLOAD


def test_uploads_of_a_day_lead_to_one_recount_of_their_owner(
    account: Account, ada: Api, s3: httpx.Client, calls: list[str]
) -> None:
    for _ in range(2):
        process_document(account, ada, s3, PNG)
    account.expedite_recounts()
    calls.clear()
    assert sweep() == {}
    assert [call for call in calls if call not in ("Query: due", "ListObjectVersions")] == [
        *RECOUNT,
        "ListMultipartUploads",
        # The records of all staged versions at once.
        "BatchGetItem: DOC",
    ]
    assert calls.count("Query: due") == DUE_SHARDS

    calls.clear()
    assert sweep() == {}
    assert not {*calls} & {*RECOUNT}


def test_an_upload_in_parts_adds_only_the_calls_that_assemble_it(
    account: Account, ada: Api, s3: httpx.Client, calls: list[str]
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    assert calls == ["CreateMultipartUpload", *CREATE]
    put_only_part(s3, created)

    calls.clear()
    assert ada.post(f"/documents/{created['document']['id']}/complete").status == 200
    assert calls[0] == "GetItem: DOC"
    assert [call for call in calls if "Item" not in call] == ["ListParts", "CompleteMultipartUpload"]

    calls.clear()
    account.deliver(account.arrival_event("ada", created["document"]["id"]))
    # No URL can write the key of a completed upload again, so its version goes at once.
    assert calls == [*ARRIVE, "DeleteObject"]


def test_the_limits_of_an_owner_add_one_write_to_a_download_and_none_to_other_calls(
    account: Account, ada: Api, s3: httpx.Client, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRLOCK_CALL_RATE", "50")
    monkeypatch.setenv("AIRLOCK_DAILY_DOWNLOAD_BYTES_LIMIT", "1000000")
    forget_wiring()
    document_id = process_document(account, ada, s3, PNG)
    calls.clear()
    assert ada.get(f"/documents/{document_id}/download").status == 200
    assert calls == COUNTED_DOWNLOAD

    calls.clear()
    assert ada.get("/usage").status == ada.get(f"/documents/{document_id}").status == 200
    assert calls == ["Query: USAGE", "GetItem: DOC"]


@pytest.fixture
def throttled_counters(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The calls to a table that throttles the counters of owners."""
    recorded: list[str] = []
    with RecordingProxy(recorded, throttled="UpdateItem: USAGE") as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{proxy.server_address[1]}")
        forget_wiring()
        yield recorded
        proxy.shutdown()
        thread.join()


def test_a_table_that_throttles_the_counters_still_serves_reads(
    ada: Api, throttled_counters: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRLOCK_CALL_RATE", "1")
    monkeypatch.setenv("AIRLOCK_CALL_BURST", "100")
    forget_wiring()
    assert {ada.get("/usage").status for _ in range(20)} == {200}
    assert throttled_counters.count("UpdateItem: USAGE") == ATTEMPTS


def test_a_table_that_throttles_the_counters_has_no_download_url_for_anybody(
    account: Account,
    ada: Api,
    s3: httpx.Client,
    throttled_counters: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as before:
        before.setenv("AWS_ENDPOINT_URL_DYNAMODB", table_server())
        forget_wiring()
        document_id = process_document(account, ada, s3, PNG)
    monkeypatch.setenv("AIRLOCK_DAILY_DOWNLOAD_BYTES_LIMIT", "1000000")
    forget_wiring()

    refused = ada.get(f"/documents/{document_id}/download")

    assert refused.problem == (503, "storage_unavailable")
    assert refused.headers["retry-after"] == "1"
    assert throttled_counters == ["GetItem: DOC", *ATTEMPTS * ["UpdateItem: USAGE"]]


def test_a_repeated_create_writes_nothing(ada: Api, calls: list[str]) -> None:
    first = ada.create(PNG)
    calls.clear()
    assert first["upload"]["method"] == "PUT"
    request = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
    for _ in range(2):
        assert ada.post("/documents", request, **{"idempotency-key": "k"}).status == 201
    tried, again, earlier, found = calls
    assert tried == again == f"{CREATE[0]}, Put IDEM"
    assert (earlier, found) == ("GetItem: IDEM", "GetItem: DOC")
