"""Persistent HTTP connections to one origin, and the exchange of a request for a response over one of them."""

import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

_CLOSED = (ConnectionError, ssl.SSLError)
"""Errors of a connection that the server has closed."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts in seconds: of connecting, of each wait for the server, and of a call with all its attempts.

    A call ends before the 10 seconds do that the function `documents` has for a request.
    """

    connect: float = 2
    read: float = 5
    call: float = 8


@dataclass(frozen=True, slots=True)
class Response:
    """`checksum` is the CRC-32 of the body in decimal digits, None from a server that sends none."""

    status: int
    checksum: str | None
    body: bytes


class NoResponseError(ConnectionError):
    """A request without an intact response. `is_timeout` is True if the server did not respond in time.

    `may_be_processed` is False if no attempt has sent the whole request. `is_stale` is True if the server has closed a
    connection that was kept, which it does with one that is idle for too long.
    """

    code = None
    is_temporary = True

    def __init__(
        self, message: str, *, may_be_processed: bool, is_stale: bool = False, is_timeout: bool = False
    ) -> None:
        super().__init__(message)
        self.may_be_processed = may_be_processed
        self.is_stale = is_stale
        self.is_timeout = is_timeout


class Connections:
    """The connections to `origin`. Thread-safe: each exchange has a connection of its own, which is kept for later ones."""

    def __init__(self, origin: str, timeouts: Timeouts) -> None:
        parts = urlsplit(origin)
        # Created once for all connections, because loading the certificates takes longer than a call.
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.netloc
        self._timeouts = timeouts
        self._idle: list[tuple[HTTPConnection, float]] = []
        """Connections and when they became idle, in seconds since the epoch, most recent last."""

    def connect(self, deadline: float) -> None:
        """Opens a connection and keeps it. Raises NoResponseError. `deadline` is a time of the monotonic clock."""
        self._keep(self._open(deadline))

    def close(self) -> None:
        """Closes all idle connections. Later exchanges open new ones."""
        while self._idle:
            with suppress(IndexError):  # another thread has taken the last one
                self._idle.pop()[0].close()

    def exchange(self, headers: dict[str, str], body: bytes, deadline: float, max_age: float) -> Response:
        """Sends `POST /` and returns the response. Raises NoResponseError; then no connection is kept.

        `max_age` is the longest time in seconds for which the connection may have been idle; 0 opens a new one.
        """
        kept = self._take_idle(max_age)
        connection = kept or self._open(deadline)
        is_sent = False
        try:
            connection.sock.settimeout(_limit(self._timeouts.read, deadline))
            connection.request("POST", "/", body, headers)
            is_sent = True
            response = connection.getresponse()
            checksum, data = response.getheader("x-amz-crc32"), response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            # Drop all idle connections: they expired while Lambda had the process frozen.
            self.close()
            raise NoResponseError(
                "no response from DynamoDB",
                may_be_processed=is_sent,
                is_stale=kept is not None and isinstance(error, _CLOSED),
                is_timeout=isinstance(error, TimeoutError),
            ) from error
        except BaseException:
            connection.close()
            raise
        if connection.sock:  # None if the server closes the connection
            self._keep(connection)
        return Response(response.status, checksum, data)

    def _open(self, deadline: float) -> HTTPConnection:
        timeout = _limit(self._timeouts.connect, deadline)
        connection = (
            HTTPSConnection(self._host, timeout=timeout, context=self._tls)
            if self._tls
            else HTTPConnection(self._host, timeout=timeout)
        )
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NoResponseError(
                "no connection to DynamoDB",
                may_be_processed=False,
                is_timeout=isinstance(error, TimeoutError),
            ) from error
        return connection

    def _take_idle(self, max_age: float) -> HTTPConnection | None:
        """Returns an idle connection that is still open, or None."""
        while self._idle:
            with suppress(IndexError):
                connection, since = self._idle.pop()
                # The monotonic clock may stand still while Lambda has the process frozen.
                if time.time() - since < max_age and _is_open(connection):
                    return connection
                connection.close()
        return None

    def _keep(self, connection: HTTPConnection) -> None:
        self._idle.append((connection, time.time()))


def _limit(timeout: float, deadline: float) -> float:
    """Returns the timeout, or the time until the deadline if that is shorter."""
    return max(0.001, min(timeout, deadline - time.monotonic()))


def _is_open(connection: HTTPConnection) -> bool:
    """Returns False if the server has closed an idle connection. Leaves its socket without a timeout.

    Reads from the socket instead of polling it, because TLS sends messages of its own after the handshake.
    """
    connection.sock.settimeout(0)
    try:
        connection.sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return False
