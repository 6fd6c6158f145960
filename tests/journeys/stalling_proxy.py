"""An HTTP proxy that keeps some requests waiting, so that a test can end a client in the middle of a transfer."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.journeys.forwarder import Forwarder
from tests.journeys.origins import serve


@dataclass
class StallingProxy:
    """Requests as "PUT part 3" or "GET bytes=0-9", as far as they have a part or a range."""

    stalled: frozenset[str]
    origin: str = ""
    forwarded: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    is_stopped: threading.Event = field(default_factory=threading.Event)


@contextmanager
def start_stalling_proxy(*stalled: str) -> Iterator[StallingProxy]:
    """Yields a proxy that does not forward the requests that are named, and never answers them."""
    proxy = StallingProxy(frozenset(stalled))
    with serve(_Forwarder, proxy) as origin:
        proxy.origin = origin
        try:
            yield proxy
        finally:
            proxy.is_stopped.set()


class _Forwarder(Forwarder):
    def _forward(self) -> None:
        proxy: StallingProxy = self.server.state  # type: ignore[attr-defined]
        body = self.read_body()
        name = self._describe()
        if name in proxy.stalled:
            proxy.stopped.append(name)
            proxy.is_stopped.wait()
            self.close_connection = True
            return
        self.send(self.fetch(body))
        if name:
            proxy.forwarded.append(name)

    def _describe(self) -> str:
        if part := re.search(r"[?&]partNumber=(\d+)", self.path):
            return f"{self.command} part {part[1]}"
        return f"{self.command} {self.headers['range']}" if "range" in self.headers else ""

    do_GET = do_POST = do_PUT = _forward  # noqa: N815 (names of http.server)
