"""Retries as in botocore's standard mode: which errors are temporary, how long to wait, and how many retries there are.

botocore is the source of the codes and figures, in `botocore/retries/standard.py` and `botocore/retries/quota.py`.
`tests/adapters/dynamodb/test_client_faults.py` compares both clients.
"""

import random
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Protocol

THROTTLING = frozenset(
    [
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ]
)
"""Error codes of requests that were rejected for now, which excludes that they were processed."""

RETRYABLE = THROTTLING | {
    "InternalServerError",
    "PriorRequestNotComplete",
    "RequestTimeout",
    "RequestTimeoutException",
}
"""Error codes after which a request may be retried, whatever the status."""

MAX_ATTEMPTS = 3

_CAPACITY, _RETRY_COST, _TIMEOUT_COST = 500, 5, 10
"""Tokens of the quota when it is full, and those that a retry takes: after a timeout more."""

_THROTTLING_WAIT, _WAIT = 1.0, 0.05
"""Longest first wait in seconds. The wait after throttling is botocore's, because DynamoDB needs time to split a partition.

botocore waits as long after any error. Other errors hit single requests, and users wait for the response.
"""

_LONGEST_WAIT_ATTEMPT = 5
"""Attempt after which the wait no longer doubles: up to 0.8 seconds, into which 160 writes of one item fit at 5 ms each."""


class RetryQuota:
    """A bucket of tokens that limits the retries of a process while hardly any call succeeds. Thread-safe."""

    def __init__(self) -> None:
        self._tokens = _CAPACITY
        self._lock = threading.Lock()

    def acquire(self, cost: int) -> bool:
        """Takes the tokens of a retry. Returns False if too few are left."""
        with self._lock:
            if cost > self._tokens:
                return False
            self._tokens -= cost
            return True

    def release(self, cost: int) -> None:
        """Returns the tokens of the last retry of a call that has succeeded, or adds one after a call without retries."""
        if self._tokens == _CAPACITY:
            return
        with self._lock:
            self._tokens = min(_CAPACITY, self._tokens + (cost or 1))


def retry_cost(is_timeout: bool) -> int:
    """Returns the tokens of a retry."""
    return _TIMEOUT_COST if is_timeout else _RETRY_COST


def choose_delay(attempt: int, code: str | None) -> float:
    """Returns the seconds to wait after a failed attempt: at random up to a limit that doubles with each attempt, from 1."""
    longest = _THROTTLING_WAIT if code in THROTTLING else _WAIT
    return random.uniform(0, longest * 2 ** (attempt - 1))  # noqa: S311 - not a secret


def sleep_before_retry(attempt: int) -> None:
    """Sleeps up to 50, 100, 200 ... milliseconds at random, so that conflicting requests do not conflict again."""
    time.sleep(choose_delay(attempt + 1, None))


class Clock(Protocol):
    """The part of the module `time` that waits between attempts need."""

    def monotonic(self) -> float: ...
    def sleep(self, seconds: float, /) -> None: ...


def attempts_within(seconds: float, clock: Clock = time) -> Iterator[None]:
    """Yields before each attempt, as long as the attempt begins within `seconds` of the first.

    Sleeps between attempts at random up to 50, 100 ... 800 milliseconds, so that conflicting requests do not conflict again.
    """
    end = clock.monotonic() + seconds
    for attempt in count(1):
        yield
        delay = choose_delay(min(attempt, _LONGEST_WAIT_ATTEMPT), None)
        if clock.monotonic() + delay >= end:
            return
        clock.sleep(delay)
