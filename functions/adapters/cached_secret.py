"""The value of a secret, kept for some minutes."""

import time
from collections.abc import Callable

CACHE_SECONDS = 300
"""Time for which a value is used without another request. A rotated secret stays valid for longer than that."""


class CachedSecret:
    """The current value of one secret. Its representation does not contain the value.

    `read` requests the value. It raises Unavailable. The clock is that of the wall, because the monotonic one may stand still
    while Lambda has the process frozen.
    """

    def __init__(self, read: Callable[[], str], clock: Callable[[], float] = time.time) -> None:
        self._read = read
        self._clock = clock
        self._value = ""
        self._expires_at = float("-inf")

    def read(self) -> str:
        """Returns the value of at most `CACHE_SECONDS` ago. Raises Unavailable.

        Threads that read at the same time may request the value twice.
        """
        if self._clock() >= self._expires_at:
            self._value = self._read()
            self._expires_at = self._clock() + CACHE_SECONDS
        return self._value
