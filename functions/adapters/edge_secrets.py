"""The values of the header that CloudFront sends to the API, as Secrets Manager has them.

The value in Secrets Manager is an object of JSON, number -> value, with one value, or with two while it is rotated. Both are
valid. `operate edge-secret` writes it.

IAM action: secretsmanager:GetSecretValue.
"""

import hmac
import json
import time
from collections.abc import Callable

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

CACHE_SECONDS = 300
"""Time after which the values are read again. A removed value is accepted for that long."""
RETRY_SECONDS = 10
"""Shortest time between two reads, so that calls with a wrong value cause few of them."""
FAULT_SECONDS = 1
"""The same after a read that failed."""


class EdgeSecrets:
    """The valid values. Those that were read before stay valid while Secrets Manager is out of reach.

    `read` returns the JSON. It raises Unavailable. The clock is that of the wall, because the monotonic one may stand still while
    Lambda has the process frozen.
    """

    def __init__(self, read: Callable[[], str], clock: Callable[[], float] = time.time) -> None:
        self._read = read
        self._clock = clock
        self._values: tuple[bytes, ...] = ()
        self._fault: Unavailable | None = None
        self._expires_at = self._next_read = float("-inf")

    def accepts(self, value: str) -> bool:
        """Returns True for a valid value. An unknown one is compared again with what Secrets Manager has now.

        Raises Unavailable for an unknown value while Secrets Manager is out of reach, because it may be a new one.
        """
        if self._clock() >= self._expires_at:
            self._refresh()
        if self._contains(value):
            return True
        if self._clock() >= self._next_read:
            self._refresh()
        if self._fault:
            raise self._fault
        return self._contains(value)

    def load(self) -> None:
        """Reads the values if none have been read. A fault is reported by the first call."""
        if not self._values:
            self._refresh()

    def _contains(self, value: str) -> bool:
        """Compares with every value, in a time that does not depend on which one is equal."""
        given = value.encode()
        equal = [hmac.compare_digest(given, each) for each in self._values]
        return True in equal

    def _refresh(self) -> None:
        """Reads the values, or keeps those from before and the fault."""
        try:
            self._values, self._fault = _parse(self._read()), None
        except Unavailable as fault:
            self._fault = fault
            self._expires_at = self._next_read = self._clock() + FAULT_SECONDS
        else:
            now = self._clock()
            self._expires_at, self._next_read = now + CACHE_SECONDS, now + RETRY_SECONDS


def _parse(text: str) -> tuple[bytes, ...]:
    """Raises Unavailable, which never contains a value, for anything but an object with one or two texts."""
    try:
        values = [each.encode() for each in json.loads(text).values() if each]
    except (ValueError, AttributeError):
        values = []
    if not values:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "The secret of the edge has no value.", retry_after=1)
    return tuple(values)
