"""Waiting for a condition, for example for what a queue's reader does."""

import time
from collections.abc import Callable

_TIMEOUT = 60.0
"""Seconds. A working stack needs far less, so that no slow machine makes a test fail."""


def wait_until(is_true: Callable[[], bool], condition: str) -> None:
    """Returns when `is_true`. Raises AssertionError with `condition` after a minute."""
    deadline = time.monotonic() + _TIMEOUT
    while not is_true():
        assert time.monotonic() < deadline, f"not within {_TIMEOUT:.0f} seconds: {condition}"
        time.sleep(0.05)
