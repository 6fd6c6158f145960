"""HTTP servers on 127.0.0.1, each an origin of its own for a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CLIENT = Path(__file__).parents[2] / "clients/js/src"
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


class Handler(BaseHTTPRequestHandler):
    """A request; `self.server.state` is the second argument of `serve`."""

    protocol_version = "HTTP/1.1"

    def respond(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in (headers | {"content-length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""


class _Server(ThreadingHTTPServer):
    """A server that ends its connections when it is closed, as a process does that exits."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], state: Any, port: int) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.state = state
        self._connections: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs nothing, because connections end at any time."""

    def server_close(self) -> None:
        super().server_close()
        for connection in [*self._connections]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler], state: Any, port: int = 0) -> Iterator[str]:
    """Yields the origin of a server, whose `state` its handlers share. Port 0 is any free port."""
    server = _Server(handler, state, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def start_page(folder: Path = CLIENT, policy: str = "") -> Iterator[str]:
    """Yields the origin of an empty page with the files of a folder under /airlock/, and with this CSP."""
    with serve(_PageHandler, (folder, policy)) as origin:
        yield origin


class _PageHandler(Handler):
    def do_GET(self) -> None:
        folder, policy = self.server.state  # type: ignore[attr-defined]
        path = urlsplit(self.path).path
        file = folder / path.removeprefix("/airlock/")
        headers = {"content-security-policy": policy} if policy else {}
        if path == "/":
            self.respond(200, b"<!doctype html><p>", {"content-type": "text/html"} | headers)
        elif file.is_file():
            self.respond(200, file.read_bytes(), {"content-type": _TYPES[file.suffix]} | headers)
        else:
            self.respond(404, b"", {})
