"""An HTTP proxy that logs ranges, delays one, and breaks the connection of one in the middle of its bytes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.journeys.forwarder import Forwarder
from tests.journeys.origins import serve


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


class _Forwarder(Forwarder):
    @property
    def proxy(self) -> BreakingProxy:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def _forward(self) -> None:
        body = self.read_body()
        asked = self.headers.get("range", "")
        if asked and asked == self.proxy.delayed:
            self.proxy.forwards.wait(60)
        response = self.fetch(body)
        if asked:
            self.proxy.ranges.append((asked, response.status))
        limit = self._take_limit(asked)
        self.send(response, limit)
        self.close_connection = limit is not None

    def _take_limit(self, asked: str) -> int | None:
        """Returns the bytes after which the connection breaks."""
        if not asked or asked != self.proxy.broken:
            return None
        self.proxy.broken = ""
        return self.proxy.half

    do_GET = do_POST = do_PUT = do_OPTIONS = _forward  # noqa: N815 (names of http.server)
