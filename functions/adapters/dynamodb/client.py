"""A client of DynamoDB's JSON API with persistent connections, based on the standard library.

Functions that only need the table start in half the time without botocore, and each call costs a fraction of the CPU.
For these calls the client behaves like botocore: SigV4, three attempts with jitter, and the same client request token
for all attempts of a transaction. The API is described in the Amazon DynamoDB Developer Guide, "DynamoDB low-level API".
"""

import json
import os
import random
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from functions.signing.credentials import Credentials
from functions.signing.sigv4_post import PostSigner

_MAX_ATTEMPTS = 3
_CONNECT_TIMEOUT, _READ_TIMEOUT = 2, 5
"""Timeouts in seconds."""

RETRYABLE = frozenset(
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "InternalServerError",
        "TransactionInProgressException",
    ]
)
"""Error codes after which a request may be retried.

Source: Amazon DynamoDB Developer Guide, "Error handling with DynamoDB".
"""


class DynamoDBError(Exception):
    """An error response of DynamoDB. `code` is the name of its exception, `response` the whole JSON."""

    def __init__(self, code: str, response: dict[str, Any]) -> None:
        super().__init__(f"{code}: {response.get('message') or response.get('Message') or ''}")
        self.code = code
        self.response = response


class DynamoDBClient:
    """A thread-safe client. Each call uses a connection of its own, which is kept for later calls."""

    def __init__(self, origin: str, region: str, credentials: Callable[[], Credentials]) -> None:
        """`origin` is, for example, `https://dynamodb.eu-west-1.amazonaws.com`, or that of an emulator."""
        parts = urlsplit(origin)
        # Created once for all connections, because loading the certificates takes longer than a call.
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.netloc
        self._credentials = credentials
        self._signer = PostSigner("dynamodb", region, parts.netloc)
        self._idle: list[HTTPConnection] = []

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls an operation and returns its response. Raises DynamoDBError, and ConnectionError without a response.

        After ConnectionError the outcome is unknown. UpdateItem is not retried, because a retry after a lost response
        would add to a number twice.
        """
        attempts = 1 if operation == "UpdateItem" else _MAX_ATTEMPTS
        if operation == "TransactWriteItems":
            parameters["ClientRequestToken"] = os.urandom(16).hex()
        body = json.dumps(parameters).encode()
        for left in reversed(range(attempts)):
            try:
                return self._send(operation, body)
            except DynamoDBError as error:
                if not left or error.code not in RETRYABLE:
                    raise
            except (OSError, HTTPException) as error:
                # Drop all idle connections: they expired while Lambda had the process frozen.
                self.close()
                if not left:
                    raise ConnectionError(f"no response from DynamoDB to {operation}") from error
            sleep_before_retry(attempts - 1 - left)
        raise AssertionError("the last attempt returns or raises")

    def connect(self) -> None:
        """Opens a connection for the next call. Raises OSError."""
        self._idle.append(self._open_connection())

    def close(self) -> None:
        """Closes all idle connections. Later calls open new ones."""
        while self._idle:
            with suppress(IndexError):  # another thread has taken the last one
                self._idle.pop().close()

    def _send(self, operation: str, body: bytes) -> dict[str, Any]:
        target = f"DynamoDB_20120810.{operation}"
        headers = self._signer.sign(self._credentials(), target, body, datetime.now(UTC))
        connection = self._take_idle() or self._open_connection()
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            connection.close()
            raise
        if connection.sock:  # None if the server closes the connection
            self._idle.append(connection)
        return _parse_response(response.status, data)

    def _take_idle(self) -> HTTPConnection | None:
        """Returns an idle connection that is still open, or None."""
        while self._idle:
            with suppress(IndexError):
                connection = self._idle.pop()
                if _is_open(connection.sock):
                    return connection
                connection.close()
        return None

    def _open_connection(self) -> HTTPConnection:
        connection = (
            HTTPSConnection(self._host, timeout=_CONNECT_TIMEOUT, context=self._tls)
            if self._tls
            else HTTPConnection(self._host, timeout=_CONNECT_TIMEOUT)
        )
        connection.connect()
        connection.sock.settimeout(_READ_TIMEOUT)
        return connection


def sleep_before_retry(attempt: int) -> None:
    """Sleeps up to 50, 100, 200 ... milliseconds at random, so that conflicting requests do not conflict again."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - not a secret


def _is_open(sock: socket.socket) -> bool:
    """Returns False if the server has closed an idle connection.

    Reads from the socket instead of polling it, because TLS sends messages of its own after the handshake.
    """
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        sock.settimeout(_READ_TIMEOUT)
        return True
    except OSError:
        return False
    return False


def _parse_response(status: int, data: bytes) -> dict[str, Any]:
    try:
        response: dict[str, Any] = json.loads(data)
    except ValueError:
        # A response without JSON is not DynamoDB's but that of an intermediary, so a retry may succeed.
        raise DynamoDBError("InternalServerError", {}) from None
    if status == 200:
        return response
    raise DynamoDBError(str(response.get("__type", "InternalServerError")).rpartition("#")[2], response)
