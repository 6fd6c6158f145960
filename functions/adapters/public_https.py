"""POST requests over https to hosts of the public internet alone.

The host of an endpoint is in the hands of somebody else, who could let its name resolve to an address inside of the network
of the function. So the addresses are checked after they were resolved, and the connection is made to exactly the address that
was checked. http.client and urllib3 resolve the name again while they connect, which is why neither is used here.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.parse import SplitResult, urlsplit

from functions.domain.addresses import is_public
from functions.domain.webhooks import SendFailure, WebhookResponse

USER_AGENT = "Airlock-Webhooks"
_PORT = 443
_MAX_HEAD = 16_384
"""Bytes of the head of a response. More is no valid response, and the body is never read."""
_MAX_CONCURRENT = 10
"""Names that are resolved at a time. A resolver has no timeout, so each runs in a thread that is not waited for."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts in seconds: of one connection with its handshake, and of a request with all that it needs."""

    connect: float = 5
    request: float = 15


class _FailedError(Exception):
    def __init__(self, reason: SendFailure) -> None:
        super().__init__(reason)
        self.reason = reason


def resolve(host: str, port: int) -> Sequence[str]:
    """Returns the addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class PublicHttps:
    """Implements `functions.domain.webhooks.WebhookSender`. Thread-safe.

    - A host of which one address is not public is refused, because which of them is reached would be chance.
    - The certificate must be valid for the host, and its name is sent to the server (SNI).
    - No proxy, no redirect and no connection of an earlier request is used.
    """

    def __init__(
        self,
        resolve: Callable[[str, int], Sequence[str]] = resolve,
        is_allowed: Callable[[str], bool] = is_public,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._timeouts = timeouts or Timeouts()
        self._tls = ssl.create_default_context()
        self._resolvers = ThreadPoolExecutor(_MAX_CONCURRENT)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookResponse | SendFailure:
        """See `WebhookSender.post`. The response ends with its headers."""
        parts = urlsplit(url)
        request = _write_head(parts, headers, len(body)) + body
        try:
            return self._exchange(parts, request, time.monotonic() + self._timeouts.request)
        except _FailedError as error:
            return error.reason
        except ssl.SSLError:
            return SendFailure.TLS_FAILED
        except TimeoutError:
            return SendFailure.TIMED_OUT
        except OSError:
            return SendFailure.CONNECTION_FAILED

    def _exchange(self, parts: SplitResult, request: bytes, deadline: float) -> WebhookResponse:
        host, port = parts.hostname or "", parts.port or _PORT
        connection = self._connect(self._find_addresses(host, port, deadline), port, deadline)
        with connection:
            connection.settimeout(_remaining(deadline, self._timeouts.connect))
            with self._tls.wrap_socket(connection, server_hostname=host) as secured:
                secured.settimeout(_remaining(deadline))
                secured.sendall(request)
                return _read_head(secured, deadline)

    def _find_addresses(self, host: str, port: int, deadline: float) -> Sequence[str]:
        """Returns the addresses, all of which are allowed."""
        try:
            addresses = self._resolvers.submit(self._resolve, host, port).result(_remaining(deadline))
        except TimeoutError:
            raise
        except (OSError, UnicodeError):
            raise _FailedError(SendFailure.NAME_NOT_RESOLVED) from None
        if not addresses:
            raise _FailedError(SendFailure.NAME_NOT_RESOLVED)
        if not all(map(self._is_allowed, addresses)):
            raise _FailedError(SendFailure.ADDRESS_NOT_PUBLIC)
        return addresses

    def _connect(self, addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
        """Connects to the first address that accepts. Each is a number, so that nothing is resolved again."""
        for address in addresses[:-1]:
            try:
                return self._open(address, port, deadline)
            except OSError:
                continue
        return self._open(addresses[-1], port, deadline)

    def _open(self, address: str, port: int, deadline: float) -> socket.socket:
        return socket.create_connection((address, port), _remaining(deadline, self._timeouts.connect))


def _remaining(deadline: float, limit: float = float("inf")) -> float:
    """Returns the seconds until the deadline, or `limit` if that is less. Raises TimeoutError after the deadline."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return min(seconds, limit)


def _write_head(parts: SplitResult, headers: Mapping[str, str], length: int) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    own = {"Host": host, "User-Agent": USER_AGENT, "Content-Length": str(length), "Connection": "close"}
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in {**own, **headers}.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _read_head(connection: socket.socket, deadline: float) -> WebhookResponse:
    """Reads until the empty line, within the deadline, however slowly the bytes come."""
    head = b""
    while b"\r\n\r\n" not in head:
        connection.settimeout(_remaining(deadline))
        part = connection.recv(4_096)
        head += part
        if not part or len(head) > _MAX_HEAD:
            raise _FailedError(SendFailure.INVALID_RESPONSE)
    return _parse_head(head)


class _Received:
    """The part of a socket that http.client reads from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _parse_head(head: bytes) -> WebhookResponse:
    response = HTTPResponse(cast(socket.socket, _Received(head)), method="POST")
    try:
        response.begin()
    except (HTTPException, ValueError):
        raise _FailedError(SendFailure.INVALID_RESPONSE) from None
    return WebhookResponse(response.status, response.getheader("Retry-After"))
