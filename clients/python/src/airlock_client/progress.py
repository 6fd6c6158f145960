"""Progress of a transfer, which parallel requests report."""

from collections.abc import Callable
from threading import Lock

OnProgress = Callable[[int, int], None]
"""Called with the bytes that were transferred and all bytes, from any thread. Must return quickly."""


class Progress:
    """Counts the bytes of one transfer and calls `on_change(loaded, total)`.

    Bytes of a request that has failed are subtracted, because they are sent again.
    """

    def __init__(self, total: int, on_change: OnProgress | None = None) -> None:
        self.total = total
        self.loaded = 0
        self._on_change = on_change
        self._lock = Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self.loaded += count
            if self._on_change:
                self._on_change(self.loaded, self.total)
