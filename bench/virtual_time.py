"""Virtual time of simulations: each call adds its duration to a clock, and nothing waits for it.

Calls that run side by side belong to lanes. The longest lane is the duration of all of them.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock, local

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TABLE_CALL, S3_CALL = 0.005, 0.025
"""Seconds that a call of the table takes, and one of S3 or SQS."""


class VirtualTime:
    """A clock that starts at START. `seconds` is the time since then. Thread-safe."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lanes: dict[str, float] = defaultdict(float)
        self._lock = Lock()
        self._thread = local()

    def __call__(self) -> datetime:
        lane = getattr(self._thread, "lane", "")
        return START + timedelta(seconds=self.seconds + self._lanes.get(lane, 0))

    def take(self, seconds: float, lane: str | None = None) -> None:
        """Lets a call take its time in `lane`, or in the lane of this thread. Without any it begins after all lanes."""
        lane = lane or getattr(self._thread, "lane", None)
        if lane is None:
            self.join()
            self.seconds += seconds
            return
        with self._lock:
            self._lanes[lane] += seconds

    def join(self) -> float:
        """Ends all lanes and returns the time."""
        self.seconds += max(self._lanes.values(), default=0)
        self._lanes.clear()
        return self.seconds

    def jump(self, seconds: float) -> None:
        """Sets the time to another moment, at which another copy of a function runs."""
        self.join()
        self.seconds = seconds

    @contextmanager
    def lane(self, name: str) -> Iterator[None]:
        """Makes `name` the lane of this thread's calls."""
        self._thread.lane = name
        try:
            yield
        finally:
            self._thread.lane = None
