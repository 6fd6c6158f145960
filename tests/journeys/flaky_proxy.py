"""An HTTP proxy that forwards every request and drops one response."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.origins import serve


@contextmanager
def start_flaky_proxy(pattern: str) -> Iterator[str]:
    """Yields the address of a proxy that drops the response to the first PUT whose URL matches `pattern`."""
    with serve(_Handler, [re.compile(pattern)]) as origin:
        yield origin


class _Handler(BaseHTTPRequestHandler):
    def _forward(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        server = HTTPConnection(url.netloc, timeout=60)
        server.request(self.command, f"{url.path}?{url.query}", body, dict(self.headers))
        response = server.getresponse()
        content = response.read()
        server.close()
        if not self._is_dropped():
            self._respond(response.status, response.getheaders(), content)
        self.close_connection = True

    def do_GET(self) -> None:
        self._forward()

    def do_OPTIONS(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_PUT(self) -> None:
        self._forward()

    def _is_dropped(self) -> bool:
        patterns = self.server.state  # type: ignore[attr-defined]
        is_dropped = self.command == "PUT" and bool(patterns) and patterns[0].search(self.path) is not None
        if is_dropped:
            patterns.clear()
        return is_dropped

    def _respond(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""
