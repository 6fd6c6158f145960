"""The credentials that sign, and the lifetime that they allow a signature to have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

MAX_LIFETIME = 604_800
"""Maximum lifetime of a signature in seconds: 7 days.

Source: S3 API Reference, "Authenticating Requests: Using Query Parameters", X-Amz-Expires.
"""


class CredentialsExpired(Unavailable):
    """The credentials have expired: S3 rejects every signature that they make."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key with its secret and, if it is temporary, its session token.

    `expires_at` is UTC. It is None for credentials that do not expire and for those whose expiry is not known.
    """

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    def limit_lifetime(self, requested: int, now: datetime) -> tuple[int, datetime]:
        """Limits a lifetime of `requested` seconds, counted from `now`, to that of the credentials.

        Returns X-Amz-Expires in seconds and the time at which S3 stops accepting the signature. Raises ValueError for
        a lifetime outside 1 to 604,800 seconds, and CredentialsExpired.
        """
        if not 1 <= requested <= MAX_LIFETIME:
            raise ValueError(f"a lifetime of {requested} s is not in 1..{MAX_LIFETIME}")
        # X-Amz-Date has no fractions of a second, and S3 counts the lifetime from it.
        start = now.replace(microsecond=0)
        end = start + timedelta(seconds=requested)
        expiry = self.expires_at
        if expiry is None or end <= expiry:
            return requested, end
        if expiry <= now:
            raise CredentialsExpired(
                Code.STORAGE_UNAVAILABLE,
                f"The signing credentials expired at {expiry.isoformat()}.",
                retry_after=1,
            )
        # S3 accepts no X-Amz-Expires below 1, so within the last second the URL says 1 and expires earlier.
        seconds = max(1, (expiry - start) // timedelta(seconds=1))
        return seconds, min(expiry.astimezone(UTC), start + timedelta(seconds=seconds))
