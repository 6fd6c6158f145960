"""The limits of an owner, and the check that one more upload stays within them.

The repository of DynamoDB and the one of the tests use the same check.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from functions.domain.codes import Code
from functions.domain.errors import TooMany, WrongState

_OPEN_UPLOADS_RETRY = 60
"""Seconds after which a client should retry when too many uploads are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of each owner. `daily_*` counts from midnight UTC."""

    open_uploads: int
    stored_bytes: int
    daily_files: int
    daily_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The current usage of an owner, and what the owner has created on one day.

    `reserved_bytes` are the bytes of stored documents and the declared bytes of open uploads.
    """

    reserved_bytes: int = 0
    open_uploads: int = 0
    daily_files: int = 0
    daily_bytes: int = 0


def check(limits: Limits, usage: Usage, size: int, now: datetime) -> None:
    """Raises TooMany or WrongState `storage_quota_exceeded` unless one more upload of `size` bytes fits the limits."""
    if usage.open_uploads + 1 > limits.open_uploads:
        raise TooMany(
            Code.TOO_MANY_OPEN_UPLOADS,
            f"{limits.open_uploads} uploads are open, which is the limit; complete or abort one.",
            retry_after=_OPEN_UPLOADS_RETRY,
        )
    if usage.daily_files + 1 > limits.daily_files or usage.daily_bytes + size > limits.daily_bytes:
        raise TooMany(
            Code.DAILY_QUOTA_EXCEEDED,
            f"The daily limit is {limits.daily_files} files and {limits.daily_bytes} bytes.",
            retry_after=seconds_to_midnight(now),
        )
    if usage.reserved_bytes + size > limits.stored_bytes:
        raise WrongState(
            Code.STORAGE_QUOTA_EXCEEDED,
            f"The limit is {limits.stored_bytes} stored bytes; this file exceeds it.",
        )


def seconds_to_midnight(now: datetime) -> int:
    """Returns the seconds until midnight, rounded up so that no retry comes too early. `now` is UTC."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time.min, now.tzinfo)
    return int((tomorrow - now).total_seconds()) + 1
