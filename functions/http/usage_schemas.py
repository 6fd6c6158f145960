"""The API's JSON for usage: what the caller holds, the limits, and what is left of them."""

from typing import Self

from pydantic import Field

from functions.domain.owner_usage import OwnerUsage
from functions.domain.quota import next_midnight
from functions.domain.rate import OwnerRate
from functions.http.json_types import ResponseModel, Time

_LEFT = "`max...` less what is used, never below 0."


class StoredUsage(ResponseModel):
    """Bytes of your documents. Open uploads count with their declared size, and deleted documents until they are purged."""

    bytes: int
    max_bytes: int
    remaining_bytes: int = Field(description=_LEFT)


class OpenUploadsUsage(ResponseModel):
    """Uploads whose bytes have not arrived."""

    count: int = Field(description="May be too high for up to an hour after an upload ends, never too low.")
    max_count: int
    remaining_count: int = Field(description=_LEFT)


class TodayUsage(ResponseModel):
    """Counts from midnight UTC. `files` and `bytes` are of the documents that you have created."""

    files: int
    max_files: int
    remaining_files: int = Field(description=_LEFT)
    bytes: int
    max_bytes: int
    remaining_bytes: int = Field(description=_LEFT)
    download_bytes: int = Field(
        description="Bytes of what the download URLs of the day return, each counted once. 0 without a limit, because nothing is counted."
    )
    max_download_bytes: int | None = Field(description="Null: no limit.")
    remaining_download_bytes: int | None = Field(description=f"{_LEFT} Null: no limit.")
    resets_at: Time = Field(description="The next midnight UTC.")


class RateLimit(ResponseModel):
    """A rate: `burst` at once after a pause, and `perSecond` sustained."""

    per_second: int
    burst: int

    @classmethod
    def from_rate(cls, rate: OwnerRate) -> Self:
        return cls(per_second=rate.per_second, burst=rate.burst)


class RateLimits(ResponseModel):
    """Limits of rates. Beyond them the API responds with 429 and `Retry-After`."""

    creates: RateLimit = Field(description="Each document of a batch counts.")
    calls: RateLimit | None = Field(description="Null: no limit of yours, but that of all callers.")


class UsageResponse(ResponseModel):
    """Your usage and your limits. A consistent read: every create that has ended is counted."""

    stored: StoredUsage
    open_uploads: OpenUploadsUsage
    today: TodayUsage
    rates: RateLimits
    is_blocked: bool = Field(description="True if an operator has stopped your creates: `owner_blocked`.")

    @classmethod
    def from_usage(cls, found: OwnerUsage) -> Self:
        usage, limits = found.usage, found.limits
        return cls(
            stored=StoredUsage(
                bytes=usage.reserved_bytes,
                max_bytes=limits.stored_bytes,
                remaining_bytes=max(0, limits.stored_bytes - usage.reserved_bytes),
            ),
            open_uploads=OpenUploadsUsage(
                count=usage.open_uploads,
                max_count=limits.open_uploads,
                remaining_count=max(0, limits.open_uploads - usage.open_uploads),
            ),
            today=_today(found),
            rates=RateLimits(
                creates=RateLimit.from_rate(limits.creates),
                calls=RateLimit.from_rate(limits.calls) if limits.calls else None,
            ),
            is_blocked=usage.is_blocked,
        )


def _today(found: OwnerUsage) -> TodayUsage:
    usage, limits, most = found.usage, found.limits, found.limits.daily_download_bytes
    return TodayUsage(
        files=usage.daily_files,
        max_files=limits.daily_files,
        remaining_files=max(0, limits.daily_files - usage.daily_files),
        bytes=usage.daily_bytes,
        max_bytes=limits.daily_bytes,
        remaining_bytes=max(0, limits.daily_bytes - usage.daily_bytes),
        download_bytes=found.download_bytes,
        max_download_bytes=most,
        remaining_download_bytes=None if most is None else max(0, most - found.download_bytes),
        resets_at=next_midnight(found.at),
    )
