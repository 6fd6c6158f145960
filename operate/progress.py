"""Progress of long work, as lines on standard error, so that standard output has the result alone."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_INTERVAL = 2.0
"""Seconds between two lines."""


@dataclass
class Progress:
    """Counts `noun`, such as `documents exported`, and prints the count now and then.

    Only an error begins with `operate: `.
    """

    noun: str
    clock: Callable[[], float] = time.monotonic
    count: int = field(default=0, init=False)
    _printed_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._printed_at = self.clock()

    def add(self, number: int = 1) -> None:
        self.count += number
        now = self.clock()
        if now - self._printed_at >= _INTERVAL:
            self._printed_at = now
            print(f"{self.count:,} {self.noun} so far", file=sys.stderr, flush=True)
