"""The key that signs URLs of CloudFront, read from Secrets Manager and kept for a bounded time."""

import time
from collections.abc import Callable, Mapping

from functions.adapters.p256_key import P256Key
from functions.domain.errors import Unavailable
from functions.signing.delivery import TrustedKey
from functions.signing.delivery_keys import MAX_AGE_SECONDS, REFRESH_SECONDS, DeliveryKeys

_RETRY_SECONDS = 30
"""Time between two requests while Secrets Manager does not respond, because clients wait for each of them."""


class CachedTrustedKey:
    """Provider of the key to sign with, to be called for each URL.

    `read` returns the value of the secret. `key_ids` are CloudFront's ids of the public keys by thumbprint. The clock is that
    of the wall, because the monotonic one may stand still while Lambda has the process frozen.
    """

    def __init__(
        self, read: Callable[[], str], key_ids: Mapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self._read = read
        self._key_ids = key_ids
        self._clock = clock
        self._text = ""
        self._trusted: TrustedKey | None = None
        self._read_at = self._next_read = float("-inf")

    def __call__(self) -> TrustedKey:
        """Returns the key as Secrets Manager had it at most `REFRESH_SECONDS` ago.

        While Secrets Manager does not respond, it is older by up to `MAX_AGE_SECONDS`. Then raises Unavailable.
        """
        now = self._clock()
        if self._trusted is None or now >= self._next_read:
            self._trusted = self._refresh(now)
        return self._trusted

    def _refresh(self, now: float) -> TrustedKey:
        try:
            text = self._read()
        except Unavailable:
            if self._trusted is None or now >= self._read_at + MAX_AGE_SECONDS:
                raise
            self._next_read = now + _RETRY_SECONDS
            return self._trusted
        trusted = self._trusted if self._trusted and text == self._text else self._parse(text)
        self._text, self._read_at, self._next_read = text, now, now + REFRESH_SECONDS
        return trusted

    def _parse(self, text: str) -> TrustedKey:
        chosen = DeliveryKeys.from_json(text).choose(self._key_ids)
        return TrustedKey(self._key_ids[chosen.id], P256Key.from_text(chosen.private))
