"""An HTTP proxy that brings every request to its server, and loses one answer."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@contextmanager
def flaky_proxy(pattern: str) -> Iterator[str]:
    """Its address; the first answer to a PUT whose URL matches `pattern` is lost, as if the connection had broken."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.forgets = [re.compile(pattern)]  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _forward(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        server = HTTPConnection(url.netloc, timeout=60)
        server.request(self.command, f"{url.path}?{url.query}", body, dict(self.headers))
        answer = server.getresponse()
        content = answer.read()
        server.close()
        if not self._is_lost():
            self._answer(answer.status, answer.getheaders(), content)
        self.close_connection = True

    def do_GET(self) -> None:
        self._forward()

    def do_OPTIONS(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_PUT(self) -> None:
        self._forward()

    def _is_lost(self) -> bool:
        forgets = self.server.forgets  # type: ignore[attr-defined]
        lost = self.command == "PUT" and bool(forgets) and forgets[0].search(self.path) is not None
        if lost:
            forgets.clear()
        return lost

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
