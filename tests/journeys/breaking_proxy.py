"""An HTTP proxy that logs ranges, delays one, and breaks the connection of one in the middle of its bytes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from tests.journeys.origins import Handler, serve

_CHUNK = 64 * 1024


@dataclass
class BreakingProxy:
    """Ranges are named by their header, such as "bytes=0-9". The first request of each named one fails."""

    origin: str = ""
    broken: str = ""
    """The range whose connection ends after `half` of its bytes."""
    delayed: str = ""
    """The range that is not forwarded before `forwards` is set."""
    half: int = 1024**2
    forwards: threading.Event = field(default_factory=threading.Event)
    ranges: list[tuple[str, int]] = field(default_factory=list)
    """Each range that was forwarded, and the status of its response."""


@contextmanager
def start_breaking_proxy() -> Iterator[BreakingProxy]:
    """Yields the proxy of a browser."""
    proxy = BreakingProxy()
    with serve(_Forwarder, proxy) as proxy.origin:
        yield proxy
        proxy.forwards.set()


class _Forwarder(Handler):
    @property
    def proxy(self) -> BreakingProxy:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = self.headers.get("range", "")
        if asked and asked == self.proxy.delayed:
            self.proxy.forwards.wait(60)
        url = urlsplit(self.path)
        server = HTTPConnection(url.netloc, timeout=60)
        server.request(self.command, f"{url.path}?{url.query}", body, dict(self.headers))
        response = server.getresponse()
        if asked:
            self.proxy.ranges.append((asked, response.status))
        self._send(response, self._take_limit(asked))
        server.close()

    def _take_limit(self, asked: str) -> int | None:
        """Returns the bytes after which the connection breaks."""
        if not asked or asked != self.proxy.broken:
            return None
        self.proxy.broken = ""
        return self.proxy.half

    def _send(self, response: HTTPResponse, limit: int | None) -> None:
        self.send_response_only(response.status)
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if limit is None else content[:limit])
        self.close_connection = limit is not None

    do_GET = do_POST = do_PUT = do_OPTIONS = _forward  # noqa: N815 (names of http.server)
