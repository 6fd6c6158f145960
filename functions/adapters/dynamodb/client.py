"""A client of DynamoDB's JSON API with persistent connections, based on the standard library.

Functions that only need the table start in half the time without botocore, and each call costs a fraction of the CPU. The
API is described in the Amazon DynamoDB Developer Guide, "DynamoDB low-level API".

For each fault the client behaves like botocore's standard mode with three attempts: SigV4, the same codes and the same
quota of retries, the check of `x-amz-crc32`, and the same client request token for all attempts of a transaction. It
does not correct its clock either, and raises the error of an expired token or signature at once. It differs where botocore
may write twice or return a wrong result:

- An update that adds to a number is only retried if no attempt can have been processed.
- A kept connection that turns out to be closed costs no attempt. The request is sent again on a new connection at once.
- Every status from 500 is retried, not only 500, 502, 503 and 504.
- A success whose body is no JSON object is retried. botocore returns an empty result.
- A checksum that is wrong in the last attempt too is an error. botocore returns the response.
- A call ends after 8 seconds, and waits less than botocore for errors other than throttling.
"""

import json
import math
import os
import time
from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from functions.adapters.dynamodb.connections import Connections, NoResponseError, Response, Timeouts
from functions.adapters.dynamodb.retries import (
    MAX_ATTEMPTS,
    RETRYABLE,
    THROTTLING,
    RetryQuota,
    choose_delay,
    retry_cost,
)
from functions.signing.credentials import Credentials
from functions.signing.sigv4_post import PostSigner

_ADDS = ("ADD ", "+", "-", "list_append", "[")
"""Parts of update expressions that have another result if they are executed twice."""

_MAX_AGE = 1
"""Longest idle time, in seconds, of a connection for a request that must not be sent twice.

DynamoDB keeps idle connections for longer, so only the time that Lambda has the process frozen closes one unnoticed.
"""


class DynamoDBError(Exception):
    """An error response of DynamoDB. `code` is the name of its exception, `response` the whole JSON.

    `may_be_processed` is True if the request may have been processed nevertheless, by this attempt or by an earlier one.
    """

    is_stale = is_timeout = False

    def __init__(self, code: str, response: dict[str, Any], status: int = 400) -> None:
        super().__init__(f"{code}: {response.get('message') or response.get('Message') or ''}")
        self.code = code
        self.response = response
        self.is_temporary = status >= 500 or code in RETRYABLE
        self.may_be_processed = self.is_temporary and code not in THROTTLING


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that all attempts send. `deadline` is a time of the monotonic clock."""

    operation: str
    body: bytes
    is_repeatable: bool
    deadline: float

    @property
    def max_age(self) -> float:
        """Longest idle time, in seconds, of a connection for this request."""
        return math.inf if self.is_repeatable else _MAX_AGE

    def can_follow(self, error: DynamoDBError | NoResponseError) -> bool:
        """Returns True if the request may be sent again after the error."""
        is_safe = self.is_repeatable or not error.may_be_processed
        return error.is_temporary and is_safe and time.monotonic() < self.deadline


class DynamoDBClient:
    """A thread-safe client. Each call uses a connection of its own, which is kept for later calls."""

    def __init__(
        self,
        origin: str,
        region: str,
        credentials: Callable[[], Credentials],
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - immutable
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`origin` is, for example, `https://dynamodb.eu-west-1.amazonaws.com`, or that of an emulator."""
        self._connections = Connections(origin, timeouts)
        self._credentials = credentials
        self._signer = PostSigner("dynamodb", region, urlsplit(origin).netloc)
        self._timeouts = timeouts
        self._sleep = sleep
        self._quota = RetryQuota()

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls an operation and returns its response. Raises DynamoDBError, and NoResponseError, which is a ConnectionError."""
        if operation == "TransactWriteItems":
            parameters["ClientRequestToken"] = os.urandom(16).hex()
        request = _Request(
            operation,
            json.dumps(parameters).encode(),
            _is_repeatable(operation, parameters),
            time.monotonic() + self._timeouts.call,
        )
        may_be_processed, cost, attempt, max_age = False, 0, 1, request.max_age
        while True:
            try:
                response = self._send(request, max_age)
            except (DynamoDBError, NoResponseError) as error:
                may_be_processed |= error.may_be_processed
                error.may_be_processed = may_be_processed
                if not request.can_follow(error):
                    raise
                if error.is_stale:
                    max_age = 0
                    continue
                cost = retry_cost(error.is_timeout)
                if attempt == MAX_ATTEMPTS or not self._quota.acquire(cost):
                    raise
                self._sleep(choose_delay(attempt, error.code))
                attempt += 1
            else:
                self._quota.release(cost)
                return response

    def connect(self) -> None:
        """Opens a connection for the next call. Raises OSError."""
        self._connections.connect(time.monotonic() + self._timeouts.connect)

    def close(self) -> None:
        """Closes all idle connections. Later calls open new ones."""
        self._connections.close()

    def _send(self, request: _Request, max_age: float) -> dict[str, Any]:
        target = f"DynamoDB_20120810.{request.operation}"
        headers = self._signer.sign(self._credentials(), target, request.body, datetime.now(UTC))
        return _parse(self._connections.exchange(headers, request.body, request.deadline, max_age))


def _is_repeatable(operation: str, parameters: dict[str, Any]) -> bool:
    """Returns False for an update that has another result if it is executed twice."""
    if operation != "UpdateItem":
        return True
    expression = parameters.get("UpdateExpression")
    return expression is not None and not any(text in expression for text in _ADDS)


def _parse(response: Response) -> dict[str, Any]:
    """Returns the JSON of a success. Raises DynamoDBError for an error, and NoResponseError for a damaged body."""
    if response.checksum is not None and response.checksum != str(crc32(response.body)):
        raise NoResponseError("the response does not match its checksum", may_be_processed=True)
    content = _parse_object(response.body)
    if response.status == 200:
        if content is None:
            raise NoResponseError("the response is not a JSON object", may_be_processed=True)
        return content
    error = content or {}
    code = str(error.get("__type") or response.status).partition(":")[0].rpartition("#")[2]
    raise DynamoDBError(code, error, response.status)


def _parse_object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
