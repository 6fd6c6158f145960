"""Limits as the header fields `RateLimit-Policy` and `RateLimit` describe them: a quota policy, and what is left of it.

Terms: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

from dataclasses import dataclass
from datetime import datetime

from functions.domain.rate import OwnerRate

CONTENT_BYTES = "content-bytes"
"""The draft's unit of bytes. Without a unit, a policy counts requests or documents."""
DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimit:
    """A quota policy and its state. `quota` and `remaining` are in `unit`; `window` and `reset` are seconds.

    `reset` is the time until there is more quota, None if only the client's own work makes room.
    """

    policy: str
    quota: int
    remaining: int
    window: int | None = None
    reset: int | None = None
    unit: str | None = None

    @classmethod
    def of_rate(cls, policy: str, rate: OwnerRate, tat: datetime | None, now: datetime) -> "ServiceLimit":
        """Returns the limit of a rate: the burst, in the time after which all of it is restored."""
        return cls(
            policy=policy,
            quota=rate.burst,
            remaining=rate.remaining(tat, now),
            window=rate.window,
            reset=rate.wait(tat, 1, now),
        )
