"""Threads on virtual time: one runs at a time, and time passes only while all of them sleep."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

Result = TypeVar("Result")


class VirtualThreads:
    """Implements `functions.adapters.dynamodb.retries.Clock` for the threads that `run` starts."""

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = count()
        self._asleep: list[tuple[float, int, threading.Event]] = []

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float, /) -> None:
        """Lets other threads run until the time comes."""
        wake = threading.Event()
        heappush(self._asleep, (self._now + seconds, next(self._numbers), wake))
        self._wake_next()
        wake.wait()

    def run(self, calls: Iterable[Callable[[], Result]]) -> list[Result]:
        """Runs all calls at once and returns their results. Raises the first exception of a call."""
        calls = list(calls)
        starts = [threading.Event() for _ in calls]
        for start in starts:
            heappush(self._asleep, (self._now, next(self._numbers), start))

        def run_one(start: threading.Event, call: Callable[[], Result]) -> Result:
            start.wait()
            try:
                return call()
            finally:
                self._wake_next()

        with ThreadPoolExecutor(len(calls)) as pool:
            results = [pool.submit(run_one, start, call) for start, call in zip(starts, calls, strict=True)]
            self._wake_next()
            return [result.result() for result in results]

    def _wake_next(self) -> None:
        if self._asleep:
            self._now, _, wake = heappop(self._asleep)
            wake.set()
