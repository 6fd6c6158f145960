"""The faults of DynamoDB and of the network, and what the client makes of each, next to botocore's standard mode.

`FAULTS` has a row for each fault of a response. Wrong clocks and expired credentials are rows too, because DynamoDB
reports them by error responses. The tests below it are about connections, the quota of retries, waits and time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.retries import standard

from functions.adapters.dynamodb.client import DynamoDBClient, DynamoDBError
from functions.adapters.dynamodb.connections import NoResponseError, Timeouts
from functions.adapters.dynamodb.retries import THROTTLING
from functions.signing.credentials import Credentials
from tests.fault_server import (
    CLOSED,
    RESET,
    SILENT,
    Answer,
    FaultServer,
    error,
    open_silent_port,
    reserve_closed_port,
    run_fault_server,
)

NO_RESPONSE = "no response"
CRASH = "AttributeError"
SUCCESS = "success"
ITEM = {"TableName": "t", "Item": {"pk": {"S": "a"}}}
ADDITION = {
    "TableName": "t",
    "Key": {"pk": {"S": "a"}},
    "UpdateExpression": "ADD n :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}
SHORT = Timeouts(connect=1, read=1, call=8)
Operation = Callable[[], Any]


@dataclass(frozen=True)
class Fault:
    """A fault of every response, the number of requests, and the outcome of the call: a code, "no response" or "success".

    `is_processed` is True if the request may have been processed. `botocore` has botocore's requests and outcome if
    they differ, for the reason in `why`.
    """

    name: str
    answer: Answer
    requests: int
    outcome: str
    is_processed: bool = False
    botocore: tuple[int, str] | None = None
    why: str = ""


def html(status: int) -> Answer:
    return Answer(status, b"<html>Bad</html>")


_MORE_STATUSES = "A proxy's fault is no less temporary because its status is a rare one."
_NO_RESULT = "botocore returns a result without content, which reads as an item that does not exist."
_LIST = "botocore expects an object."
_CORRUPT = "botocore returns the last response although its checksum is wrong."

FAULTS = (
    *(Fault(f"throttled: {code}", error(code), 3, code) for code in sorted(THROTTLING)),
    *(
        Fault(f"code {code}", error(code), 3, code, is_processed=True)
        for code in ("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete")
    ),
    *(
        Fault(f"{status} with {code}", error(code, status), 3, code, is_processed=True)
        for status, code in [
            (500, "InternalServerError"),
            (500, "InternalFailure"),
            (503, "ServiceUnavailable"),
            (500, "NeverSeenBefore"),
            (502, "NeverSeenBefore"),
            (504, "NeverSeenBefore"),
        ]
    ),
    Fault("a code with an address", error("ThrottlingException:http://a/#b"), 3, "ThrottlingException"),
    Fault("503 that is throttling", error("ThrottlingException", 503), 3, "ThrottlingException"),
    Fault(
        "coral's InternalFailure",
        Answer(500, b'{"__type":"com.amazon.coral.service#InternalFailure"}'),
        3,
        "InternalFailure",
        is_processed=True,
    ),
    Fault(
        "coral's ServiceUnavailable",
        Answer(503, b'{"__type":"com.amazon.coral.service#ServiceUnavailable"}'),
        3,
        "ServiceUnavailable",
        is_processed=True,
    ),
    *(
        Fault(f"{status} without JSON", html(status), 3, str(status), is_processed=True)
        for status in (500, 502, 503, 504)
    ),
    Fault("503 without a body", Answer(503, b""), 3, "503", is_processed=True),
    Fault("503 without a code", Answer(503, b"{}"), 3, "503", is_processed=True),
    *(
        Fault(f"{status}", html(status), 3, str(status), True, (1, str(status)), _MORE_STATUSES)
        for status in (501, 505, 507, 529)
    ),
    *(Fault(f"{status} without JSON", html(status), 1, str(status)) for status in (400, 403, 413, 429)),
    Fault("200 without JSON", html(200), 3, NO_RESPONSE, True, (1, SUCCESS), _NO_RESULT),
    Fault("200 with a list", Answer(200, b"[]"), 3, NO_RESPONSE, True, (1, CRASH), _LIST),
    Fault("503 with a list", Answer(503, b"[]"), 3, "503", True, (1, CRASH), _LIST),
    Fault("200 without a body", Answer(200, b""), 3, NO_RESPONSE, True, (1, SUCCESS), _NO_RESULT),
    Fault(
        "a wrong checksum of a success",
        Answer(200, b'{"Item": {}}', {"x-amz-crc32": "1"}),
        3,
        NO_RESPONSE,
        True,
        (3, SUCCESS),
        _CORRUPT,
    ),
    Fault(
        "a wrong checksum of an error",
        Answer(400, b'{"__type": "ValidationException"}', {"x-amz-crc32": "1"}),
        3,
        NO_RESPONSE,
        True,
        (3, "ValidationException"),
        _CORRUPT,
    ),
    Fault("a truncated body", Answer(200, b'{"Item": {}}', cut=5, then="close"), 3, NO_RESPONSE, True),
    Fault("a connection reset in the body", Answer(200, b"{}", cut=1, then="reset"), 3, NO_RESPONSE, True),
    Fault("a connection closed while waiting", CLOSED, 3, NO_RESPONSE, True),
    Fault("a connection reset while waiting", RESET, 3, NO_RESPONSE, True),
    Fault("a response that takes too long", SILENT, 3, NO_RESPONSE, True),
    Fault("no HTTP", Answer(200, b"", raw=b"SSH-2.0-OpenSSH\r\n", then="close"), 3, NO_RESPONSE, True),
    # Both are the repository's to retry or to report, by the operation.
    *(
        Fault(code, error(code), 1, code)
        for code in (
            "TransactionConflictException",
            "TransactionCanceledException",
            "ConditionalCheckFailedException",
        )
    ),
    # botocore corrects no clock. Lambda keeps that of its functions, and a wrong one breaks the URLs for S3 too.
    *(
        Fault(
            f"clock: {code}",
            Answer(400, error(code).body, {"Date": "Mon, 04 May 2026 12:00:00 GMT"}),
            1,
            code,
        )
        for code in ("RequestExpired", "InvalidSignatureException", "RequestTimeTooSkewed")
    ),
    # The environment of a function has one set of credentials, so another attempt would send the same.
    *(
        Fault(f"credentials: {code}", error(code), 1, code)
        for code in ("ExpiredTokenException", "UnrecognizedClientException", "AccessDeniedException")
    ),
    *(
        Fault(code, error(code), 1, code)
        for code in ("ValidationException", "ResourceNotFoundException", "SerializationException")
    ),
)
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
RETRIED = [fault for fault in FAULTS if fault.requests > 1]


class Botocore:
    """botocore's client in standard mode with three attempts, without the waits between them."""

    def __init__(self, origin: str) -> None:
        config = Config(
            connect_timeout=SHORT.connect,
            read_timeout=SHORT.read,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        session = boto3.Session("AKID", "secret", "token", "eu-west-1")
        self.client: Any = session.client("dynamodb", endpoint_url=origin, config=config)
        self.forget()
        needs_retry: Any = self._needs_retry
        self.client.meta.events.register("needs-retry.dynamodb", needs_retry)

    def forget(self) -> None:
        """Fills the quota of retries."""
        self._handler = standard.register_retry_handler(self.client, 3)
        self.client.meta.events.unregister("needs-retry.dynamodb", unique_id="retry-config-dynamodb")

    def _needs_retry(self, **facts: Any) -> int | None:
        return None if self._handler.needs_retry(**facts) is None else 0


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with run_fault_server() as running:
        yield running


@pytest.fixture(scope="module")
def botocore(server: FaultServer) -> Iterator[Botocore]:
    theirs = Botocore(server.origin)
    yield theirs
    theirs.client.close()


def run_client(
    origin: str, timeouts: Timeouts = SHORT, sleep: Callable[[float], None] = lambda _: None
) -> AbstractContextManager[DynamoDBClient]:
    """Returns a new client, which waits for nothing, and is closed at the end of the block."""
    credentials = Credentials("AKID", "secret", "token")
    return closing(DynamoDBClient(origin, "eu-west-1", lambda: credentials, timeouts, sleep))


@pytest.fixture
def client(server: FaultServer) -> Iterator[DynamoDBClient]:
    with run_client(server.origin) as ours:
        yield ours


def outcome_of(call: Operation) -> str:
    try:
        call()
    except DynamoDBError as failure:
        return failure.code
    except ClientError as failure:
        return str(failure.response["Error"]["Code"])
    except (ConnectionError, BotocoreConnectionError, HTTPClientError):
        return NO_RESPONSE
    except AttributeError:
        return CRASH
    return SUCCESS


def result_of(server: FaultServer, call: Operation, *answers: Answer) -> tuple[int, str]:
    """Returns the number of requests and the outcome of a call that meets the answers, then successes."""
    server.script, server.requests = list(answers), []
    outcome = outcome_of(call)
    return len(server.requests), outcome


@each_fault
def test_a_fault_that_lasts_ends_as_in_botocore(
    server: FaultServer, client: DynamoDBClient, botocore: Botocore, fault: Fault
) -> None:
    botocore.forget()
    lasting = [fault.answer] * 5
    assert result_of(server, lambda: client("PutItem", **ITEM), *lasting) == (fault.requests, fault.outcome)
    expected = fault.botocore or (fault.requests, fault.outcome)
    assert result_of(server, lambda: botocore.client.put_item(**ITEM), *lasting) == expected
    assert bool(fault.botocore) == bool(fault.why)


@pytest.mark.parametrize("fault", RETRIED, ids=lambda fault: fault.name)
@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_fault_that_passes_costs_an_attempt(
    server: FaultServer, client: DynamoDBClient, fault: Fault, operation: str
) -> None:
    assert result_of(server, lambda: client(operation), *[fault.answer] * 2) == (3, SUCCESS)
    tokens = {body.get("ClientRequestToken") for _, body in server.requests}
    assert len(tokens) == 1


@pytest.mark.parametrize("fault", RETRIED, ids=lambda fault: fault.name)
def test_an_addition_is_never_sent_again_after_it_may_have_been_processed(
    server: FaultServer, client: DynamoDBClient, fault: Fault
) -> None:
    expected = (1, fault.outcome) if fault.is_processed else (2, SUCCESS)
    assert result_of(server, lambda: client("UpdateItem", **ADDITION), fault.answer) == expected


@each_fault
def test_an_error_tells_whether_the_request_may_have_been_processed(
    server: FaultServer, client: DynamoDBClient, fault: Fault
) -> None:
    server.script = [fault.answer] * fault.requests
    with pytest.raises((DynamoDBError, NoResponseError)) as failure:
        client("PutItem", **ITEM)
    problem: Any = failure.value
    assert problem.may_be_processed == fault.is_processed
    assert problem.is_temporary == (fault.requests > 1)


def test_a_request_that_was_processed_once_may_be_so_after_any_later_error(
    server: FaultServer, client: DynamoDBClient
) -> None:
    server.script = [CLOSED, *[error("ThrottlingException")] * 2]
    with pytest.raises(DynamoDBError) as failure:
        client("PutItem", **ITEM)
    assert failure.value.may_be_processed


@pytest.mark.parametrize("open_port", [reserve_closed_port, open_silent_port])
@pytest.mark.parametrize("parameters", [ITEM, ADDITION], ids=["put", "addition"])
def test_a_server_that_cannot_be_reached_has_processed_nothing(
    open_port: Callable[[], AbstractContextManager[str]], parameters: dict[str, Any]
) -> None:
    waits: list[float] = []
    with (
        open_port() as origin,
        run_client(origin, sleep=waits.append) as client,
        pytest.raises(NoResponseError) as failure,
    ):
        client("PutItem" if parameters is ITEM else "UpdateItem", **parameters)
    assert not failure.value.may_be_processed
    assert len(waits) == 2


@pytest.mark.parametrize("open_port", [reserve_closed_port, open_silent_port])
def test_botocore_waits_as_often_for_a_server_that_cannot_be_reached(
    open_port: Callable[[], AbstractContextManager[str]],
) -> None:
    attempts: list[int] = []
    with open_port() as origin:
        theirs = Botocore(origin)
        theirs.client.meta.events.register("before-send.dynamodb", lambda **_: attempts.append(1))
        assert outcome_of(lambda: theirs.client.put_item(**ITEM)) == NO_RESPONSE
    assert len(attempts) == 3


def test_an_addition_that_was_not_sent_completely_is_sent_again(server: FaultServer) -> None:
    """The request is larger than the buffers of the sockets, and the server resets the connection after its first bytes."""
    large = ADDITION | {"Key": {"pk": {"S": "x" * 15_000_000}}}
    answer = Answer(unread=True, then="reset")
    with run_client(server.origin, Timeouts()) as client:
        assert result_of(server, lambda: client("UpdateItem", **large), answer) == (2, SUCCESS)


@pytest.mark.parametrize("closed", [CLOSED, RESET], ids=["closed", "reset"])
def test_a_stale_connection_costs_no_attempt(
    server: FaultServer, client: DynamoDBClient, botocore: Botocore, closed: Answer
) -> None:
    botocore.forget()
    answers = [closed, *[error("InternalServerError", 500)] * 2]
    client("GetItem")
    botocore.client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    assert result_of(server, lambda: client("PutItem", **ITEM), *answers) == (4, SUCCESS)
    assert result_of(server, lambda: botocore.client.put_item(**ITEM), *answers) == (
        3,
        "InternalServerError",
    )


def test_a_connection_is_stale_only_once_a_call(server: FaultServer) -> None:
    """There is always another idle connection, as if concurrent calls left them."""

    def connect() -> Credentials:
        ours.connect()
        return Credentials("AKID", "secret", "token")

    ours = DynamoDBClient(server.origin, "eu-west-1", connect, SHORT, sleep=lambda _: None)
    assert result_of(server, lambda: ours("PutItem", **ITEM), *[CLOSED] * 9) == (4, NO_RESPONSE)
    server.script = []
    ours.close()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_that_the_server_closed_while_it_was_idle_is_not_used(
    server: FaultServer, client: DynamoDBClient, reset: bool
) -> None:
    client("GetItem")
    server.drop_connections(reset=reset)
    time.sleep(0.05)
    assert result_of(server, lambda: client("UpdateItem", **ADDITION)) == (1, SUCCESS)


def test_an_addition_does_not_use_a_connection_that_was_idle_for_long(
    server: FaultServer, client: DynamoDBClient
) -> None:
    """A frozen process does not learn that the server has closed a connection, and then sends an addition into the void."""
    client("GetItem")
    before = server.connections
    client("UpdateItem", **ADDITION)
    assert server.connections == before
    time.sleep(1.1)
    client("UpdateItem", **ADDITION)
    assert server.connections == before + 1


def test_an_addition_on_a_connection_that_closes_is_not_sent_again(
    server: FaultServer, client: DynamoDBClient
) -> None:
    client("GetItem")
    assert result_of(server, lambda: client("UpdateItem", **ADDITION), CLOSED) == (1, NO_RESPONSE)


@pytest.mark.parametrize(
    ("expression", "requests"),
    [
        ("SET next_check_at = :now", 2),
        ("SET #open = :open REMOVE due_shard", 2),
        ("ADD n :one", 1),
        ("SET v = :v ADD n :one", 1),
        ("SET n = n + :one", 1),
        ("SET n = n - :one", 1),
        ("SET l = list_append(l, :new)", 1),
        ("REMOVE l[0]", 1),
    ],
)
def test_an_update_that_sets_values_is_repeated(
    server: FaultServer, client: DynamoDBClient, expression: str, requests: int
) -> None:
    result = result_of(server, lambda: client("UpdateItem", UpdateExpression=expression), CLOSED)
    assert result[0] == requests


def test_retries_end_when_nothing_succeeds_as_in_botocore(
    server: FaultServer, client: DynamoDBClient, botocore: Botocore
) -> None:
    botocore.forget()
    lasting = error("InternalServerError", 500)

    def count(call: Operation) -> list[int]:
        return [result_of(server, call, *[lasting] * 3)[0] for _ in range(53)]

    def count_with_recovery(call: Operation) -> list[int]:
        numbers = count(call)
        for _ in range(5):  # each success allows a fifth of a retry
            assert result_of(server, call) == (1, SUCCESS)
        return numbers + count(call)[:2]

    ours = count_with_recovery(lambda: client("PutItem", **ITEM))
    assert ours == [3] * 50 + [1] * 3 + [2, 1]
    assert count_with_recovery(lambda: botocore.client.put_item(**ITEM)) == ours
    server.script = []


def test_a_retry_after_a_timeout_counts_twice_as_in_botocore(
    server: FaultServer, client: DynamoDBClient, botocore: Botocore
) -> None:
    botocore.forget()
    failure = error("InternalServerError", 500)

    def count(call: Operation) -> list[int]:
        result_of(server, call, SILENT, SILENT, SILENT)  # takes 20 of 500 tokens
        return [result_of(server, call, *[failure] * 3)[0] for _ in range(49)]

    ours = count(lambda: client("PutItem", **ITEM))
    assert ours == [3] * 48 + [1]
    assert count(lambda: botocore.client.put_item(**ITEM)) == ours
    server.script = []


def test_a_retry_that_succeeds_gives_its_tokens_back_as_in_botocore(
    server: FaultServer, client: DynamoDBClient, botocore: Botocore
) -> None:
    botocore.forget()
    failure = error("InternalServerError", 500)

    def count(call: Operation) -> list[int]:
        for _ in range(60):
            assert result_of(server, call, failure) == (2, SUCCESS)
            assert result_of(server, call, failure, failure) == (3, SUCCESS)
        return [result_of(server, call, *[failure] * 3)[0] for _ in range(25)]

    ours = count(lambda: client("PutItem", **ITEM))
    assert ours == [3] * 20 + [1] * 5
    assert count(lambda: botocore.client.put_item(**ITEM)) == ours
    server.script = []


@pytest.mark.parametrize(
    ("failure", "longest"), [(error("ThrottlingException"), 1), (error("InternalServerError", 500), 0.05)]
)
def test_waits_are_random_and_twice_as_long_after_each_attempt(
    server: FaultServer, failure: Answer, longest: float
) -> None:
    waits: list[float] = []
    with run_client(server.origin, sleep=waits.append) as client:
        for _ in range(40):
            result_of(server, lambda: client("GetItem"), failure, failure)
    first, second = waits[::2], waits[1::2]
    assert min(waits) >= 0
    assert longest / 2 < max(first) <= longest
    assert longest < max(second) <= 2 * longest


def test_a_call_ends_in_time(server: FaultServer) -> None:
    with run_client(server.origin, Timeouts(connect=0.2, read=1.5, call=2)) as client:
        start = time.monotonic()
        assert result_of(server, lambda: client("GetItem"), *[SILENT] * 3) == (2, NO_RESPONSE)
        assert time.monotonic() - start > 1.95
    server.script = []
