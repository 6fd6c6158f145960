"""A server of DynamoDB's protocol that fails as a test orders, on the level of bytes and connections."""

import json
import socket
import ssl
import struct
import threading
import time
from binascii import crc32
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

SECONDS_OF_SILENCE = 3.0
"""Longer than the timeouts of the clients in tests."""


@dataclass(frozen=True)
class Answer:
    """A response, or its absence.

    `status` 0 sends no response, and `raw` sends these bytes instead of one. `cut` is the number of bytes that the body
    lacks. `then` is what happens to the connection afterwards: "keep", "close" or "reset". `silence` is the time before
    all that, in seconds. `unread` ends the connection after the first bytes of the request.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    then: str = "keep"
    silence: float = 0
    unread: bool = False
    raw: bytes = b""


SUCCESS = Answer(body=b'{"Item": {}}')
CLOSED = Answer(status=0, then="close")
RESET = Answer(status=0, then="reset")
SILENT = Answer(status=0, then="close", silence=SECONDS_OF_SILENCE)


def error(code: str, status: int = 400, message: str = "slow") -> Answer:
    """Returns an error response of DynamoDB with a correct checksum."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}).encode()
    return Answer(status, body, {"x-amz-crc32": str(crc32(body))})


class FaultServer:
    """Sends the answers of `script`, then successes. Records each connection and each request."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        scheme = "https" if tls else "http"
        self.origin = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.script: list[Answer] = []
        self.requests: list[tuple[dict[str, str], Any]] = []
        self.connections = 0
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        """Serves each connection in a thread of its own until `stop`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve_connection, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._shut_down(socket.SHUT_RDWR)

    def drop_connections(self, *, reset: bool = False) -> None:
        """Ends all connections, or resets them. One that has ended still takes requests, without responding to them.

        The thread that waits for the next request of a connection resets it. This waits for that.
        """
        self._shut_down(socket.SHUT_RD if reset else socket.SHUT_WR, reset=reset)

    def _shut_down(self, how: int, *, reset: bool = False) -> None:
        while self._open:
            connection = self._open.pop()
            with suppress(OSError):  # it is closed already
                if reset:
                    _reset_on_close(connection)
                connection.shutdown(how)
                while reset and connection.fileno() >= 0:
                    time.sleep(0.001)

    def _serve_connection(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            while self._serve_request(connection):
                pass
        except OSError:
            connection.close()

    def _serve_request(self, connection: socket.socket) -> bool:
        """Returns False after the last request of the connection."""
        head = connection.recv(65536)
        if not head:
            connection.close()
            return False
        answer = self.script.pop(0) if self.script else SUCCESS
        if answer.unread:
            self.requests.append(({}, None))
            _end(connection, answer.then)
            return False
        self.requests.append(_read_request(connection, head))
        time.sleep(answer.silence)
        if answer.status:
            connection.sendall(answer.raw or _render(answer))
        if answer.then == "keep":
            return True
        _end(connection, answer.then)
        return False


def _read_request(connection: socket.socket, start: bytes) -> tuple[dict[str, str], Any]:
    data = bytearray(start)
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += _receive(connection)
    return headers, json.loads(body)


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError
    return data


def _render(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Reason"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [f"Content-Length: {len(answer.body)}", "", ""]
    return "\r\n".join(lines).encode() + answer.body[: len(answer.body) - answer.cut]


def _end(connection: socket.socket, how: str) -> None:
    with suppress(OSError):  # the client was first
        if how == "reset":
            _reset_on_close(connection)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def run_fault_server(tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """Runs a server until the block ends."""
    server = FaultServer(tls)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@contextmanager
def reserve_closed_port() -> Iterator[str]:
    """An origin that refuses connections."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


@contextmanager
def open_silent_port() -> Iterator[str]:
    """An origin that does not respond to attempts to connect, because its queue of connections is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for each in waiting:
                each.close()
