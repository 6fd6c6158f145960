"""Who signs, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

# Seconds. S3 API Reference, "Authenticating Requests: Using Query Parameters", X-Amz-Expires.
MAX_LIFETIME = 604_800


class CredentialsExpired(Unavailable):
    """The credentials died before `now`: S3 would refuse every signature they make."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs. `expires_at` (UTC) is when the credentials die, None for those that live on."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    def lifetime(self, asked: int, now: datetime) -> tuple[int, datetime]:
        """(X-Amz-Expires in seconds, the true expiry) of a signature made `now` for `asked` seconds.

        Raises ValueError for a lifetime out of range, and CredentialsExpired.
        """
        if not 1 <= asked <= MAX_LIFETIME:
            raise ValueError(f"a lifetime of {asked} s is not in 1..{MAX_LIFETIME}")
        # X-Amz-Date has no fractions, and S3 counts the lifetime from it.
        start = now.replace(microsecond=0)
        end = start + timedelta(seconds=asked)
        death = self.expires_at
        if death is None or end <= death:
            return asked, end
        if death <= now:
            raise CredentialsExpired(
                Code.STORAGE_UNAVAILABLE, f"the credentials died at {death.isoformat()}", retry_after=1
            )
        # S3 takes no lifetime under a second, so the last one is asked for whole and ends early.
        seconds = max(1, (death - start) // timedelta(seconds=1))
        return seconds, min(death.astimezone(UTC), start + timedelta(seconds=seconds))
