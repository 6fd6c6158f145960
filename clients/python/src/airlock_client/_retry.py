"""Decides whether a request is repeated after an error, and when: exponential backoff with jitter."""

import random

from airlock_client.errors import AirlockError, StorageError

FIRST_DELAY = 0.5
MAX_DELAY = 30.0
MAX_RETRY_AFTER = 60.0
"""Seconds. A longer Retry-After, such as that of a daily quota, is the caller's business."""
API_ATTEMPTS = 8
STORAGE_ATTEMPTS = 16
"""Takes several minutes in all, as the restart of a router does."""


class Backoff:
    """The failures of one request."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts
        self._failures = 0

    def next_delay(self, error: AirlockError) -> float:
        """Counts the failure and returns the seconds to wait. Raises the error if the request is not repeated."""
        self._failures += 1
        retry_after = error.retry_after or 0.0
        if not error.is_temporary or self._failures >= self._attempts or retry_after > MAX_RETRY_AFTER:
            raise error
        delay = min(MAX_DELAY, FIRST_DELAY * 2.0 ** (self._failures - 1))
        # Half of it is random, so that clients which failed together do not return together.
        return retry_after + delay * random.uniform(0.5, 1)  # noqa: S311


def allow_one_renewal(error: StorageError, seen: set[int]) -> None:
    """Makes the first 403 of a request temporary, because a new URL repairs an expired one. A second has another cause."""
    if error.status == 403 and 403 not in seen:
        error.is_temporary = True
    seen.add(error.status)
