"""What an owner may hold and how fast; the same rule for the real table and for the tests' fake."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from functions.domain.codes import Code
from functions.domain.errors import TooMany, WrongState

_OPEN_UPLOADS_RETRY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Per owner; bytes where not said otherwise."""

    open_uploads: int
    stored_bytes: int
    daily_files: int
    daily_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What an owner holds now (`reserved_bytes` counts open uploads too) and has created on the day asked about."""

    reserved_bytes: int = 0
    open_uploads: int = 0
    daily_files: int = 0
    daily_bytes: int = 0


def check(limits: Limits, usage: Usage, size: int, now: datetime) -> None:
    """Raises TooMany or WrongState `storage_quota_exceeded` unless one more upload of `size` bytes fits the limits."""
    if usage.open_uploads + 1 > limits.open_uploads:
        raise TooMany(
            Code.TOO_MANY_OPEN_UPLOADS,
            f"{limits.open_uploads} uploads are open already; finish or abort one.",
            retry_after=_OPEN_UPLOADS_RETRY,
        )
    if usage.daily_files + 1 > limits.daily_files or usage.daily_bytes + size > limits.daily_bytes:
        raise TooMany(
            Code.DAILY_QUOTA_EXCEEDED,
            f"A day allows {limits.daily_files} files and {limits.daily_bytes} bytes.",
            retry_after=seconds_to_midnight(now),
        )
    if usage.reserved_bytes + size > limits.stored_bytes:
        raise WrongState(
            Code.STORAGE_QUOTA_EXCEEDED, f"{limits.stored_bytes} bytes may be stored; this file does not fit."
        )


def seconds_to_midnight(now: datetime) -> int:
    """Until the next day of UTC begins, rounded up, so that a client that waits is not too early."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time.min, now.tzinfo)
    return int((tomorrow - now).total_seconds()) + 1
