"""An HTTP proxy that forwards every request and drops one response."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.forwarder import Forwarder
from tests.journeys.origins import serve


@contextmanager
def start_flaky_proxy(pattern: str) -> Iterator[str]:
    """Yields the address of a proxy that drops the response to the first PUT whose URL matches `pattern`."""
    with serve(_Handler, [re.compile(pattern)]) as origin:
        yield origin


class _Handler(Forwarder):
    protocol_version = "HTTP/1.0"  # a connection for each request

    def _forward(self) -> None:
        response = self.fetch(self.read_body())
        if not self._is_dropped():
            self.send(response)
        self.close_connection = True

    def _is_dropped(self) -> bool:
        patterns = self.server.state  # type: ignore[attr-defined]
        is_dropped = self.command == "PUT" and bool(patterns) and patterns[0].search(self.path) is not None
        if is_dropped:
            patterns.clear()
        return is_dropped

    do_GET = do_OPTIONS = do_POST = do_PUT = _forward  # noqa: N815 (names of http.server)
