"""Progress of long work, as lines on standard error, so that standard output has the result alone."""

import sys
import time
from dataclasses import dataclass, field

_INTERVAL = 2.0
"""Seconds between two lines."""


@dataclass
class Progress:
    """Counts `noun`, such as `documents exported`, and prints the count now and then."""

    noun: str
    count: int = 0
    _printed_at: float = field(default_factory=time.monotonic)

    def add(self, number: int = 1) -> None:
        self.count += number
        if time.monotonic() - self._printed_at >= _INTERVAL:
            self._printed_at = time.monotonic()
            print(f"operate: {self.count:,} {self.noun}", file=sys.stderr, flush=True)
