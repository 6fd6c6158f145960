"""DynamoDB's JSON API over kept connections, in the standard library: the functions that only need the table start in
half the time without botocore, and every call costs a fraction.

It does what botocore does for these calls and no more: SigV4, three tries with jitter, one token for all tries of a
transaction. The API is described in the Amazon DynamoDB Developer Guide, "DynamoDB low-level API".
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

_TRIES = 3
_CONNECT_SECONDS, _ANSWER_SECONDS = 2, 5
RETRIED = frozenset(
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "InternalServerError",
        "TransactionInProgressException",
    ]
)
"""Developer Guide, "Error handling with DynamoDB": these may be tried again."""


class DynamoDBError(Exception):
    """DynamoDB has refused: `code` is the name of its exception, `answer` all that it said."""

    def __init__(self, code: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{code}: {answer.get('message') or answer.get('Message') or ''}")
        self.code = code
        self.answer = answer


class DynamoDBClient:
    """Safe for threads: each call has a connection of its own, which is kept for the next one."""

    def __init__(self, origin: str, region: str, credentials: Callable[[], Credentials]) -> None:
        """`origin` is `https://dynamodb.eu-west-1.amazonaws.com`, or where an emulator listens."""
        parts = urlsplit(origin)
        # Reading the certificates takes longer than a call: once for all connections.
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.netloc
        self._credentials = credentials
        self._signer = PostSigner("dynamodb", region, parts.netloc)
        self._idle: list[HTTPConnection] = []

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Raises DynamoDBError, or ConnectionError when no try got an answer: then it may have happened or not.

        UpdateItem is tried once: what it adds would be added twice, had the first answer been lost.
        """
        tries = 1 if operation == "UpdateItem" else _TRIES
        if operation == "TransactWriteItems":
            parameters["ClientRequestToken"] = os.urandom(16).hex()
        body = json.dumps(parameters).encode()
        for left in reversed(range(tries)):
            try:
                return self._try(operation, body)
            except DynamoDBError as error:
                if not left or error.code not in RETRIED:
                    raise
            except (OSError, HTTPException) as error:
                # All that were idle as long as this one are as dead: a frozen function wakes up with such.
                self.close()
                if not left:
                    raise ConnectionError(f"DynamoDB gave no answer to {operation}") from error
            pause(tries - 1 - left)
        raise AssertionError("the last try returns or raises")

    def connect(self) -> None:
        """Open a connection for the first call to come. Raises OSError."""
        self._idle.append(self._connected())

    def close(self) -> None:
        """Those that are idle; the next call opens another."""
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                self._idle.pop().close()

    def _try(self, operation: str, body: bytes) -> dict[str, Any]:
        target = f"DynamoDB_20120810.{operation}"
        headers = self._signer.sign(self._credentials(), target, body, datetime.now(UTC))
        connection = self._kept() or self._connected()
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            connection.close()
            raise
        if connection.sock:  # None where the server said that it closes
            self._idle.append(connection)
        return _answer(response.status, data)

    def _kept(self) -> HTTPConnection | None:
        """One that is still open."""
        while self._idle:
            with suppress(IndexError):
                connection = self._idle.pop()
                if _is_open(connection.sock):
                    return connection
                connection.close()
        return None

    def _connected(self) -> HTTPConnection:
        connection = (
            HTTPSConnection(self._host, timeout=_CONNECT_SECONDS, context=self._tls)
            if self._tls
            else HTTPConnection(self._host, timeout=_CONNECT_SECONDS)
        )
        connection.connect()
        connection.sock.settimeout(_ANSWER_SECONDS)
        return connection


def pause(attempt: int) -> None:
    """Jittered, so that those who collided do not collide again: up to 50, 100, 200 ... milliseconds."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret


def _is_open(sock: socket.socket) -> bool:
    """Where nothing is awaited, only the end can be read. By reading, because TLS has its own talk after a handshake."""
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        sock.settimeout(_ANSWER_SECONDS)
        return True
    except OSError:
        return False
    return False


def _answer(status: int, data: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(data)
    except ValueError:
        # Not DynamoDB's words, whoever's they are: something in between, and it may pass.
        raise DynamoDBError("InternalServerError", {}) from None
    if status == 200:
        return answer
    raise DynamoDBError(str(answer.get("__type", "InternalServerError")).rpartition("#")[2], answer)
