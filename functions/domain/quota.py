"""The limits of an owner, and the check that more uploads stay within them.

The repository of DynamoDB and the one of the tests use the same check.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import AirlockError, TooMany, WrongState
from functions.domain.rate import OwnerRate
from functions.domain.service_limits import CONTENT_BYTES, DAY, ServiceLimit

BatchResult = Document | AirlockError
"""One result of a batch: a document, or the error for which there is none."""

_OPEN_UPLOADS_RETRY = 60
"""Seconds after which a client should retry when too many uploads are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of each owner. `daily_*` counts from midnight UTC. None: no limit."""

    open_uploads: int
    stored_bytes: int
    daily_files: int
    daily_bytes: int
    creates: OwnerRate
    calls: OwnerRate | None = None
    daily_download_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """The current usage of an owner, and what the owner has created on one day.

    `reserved_bytes` are the bytes of stored documents and the declared bytes of open uploads. `tat` is the state of the
    rate of creates, None before the first one. A blocked owner creates nothing.
    """

    reserved_bytes: int = 0
    open_uploads: int = 0
    daily_files: int = 0
    daily_bytes: int = 0
    tat: datetime | None = None
    is_blocked: bool = False

    def add(self, size: int, rate: OwnerRate, now: datetime) -> "Usage":
        """Returns the usage with one more upload."""
        return Usage(
            self.reserved_bytes + size,
            self.open_uploads + 1,
            self.daily_files + 1,
            self.daily_bytes + size,
            rate.add(self.tat, 1, now),
            self.is_blocked,
        )


def admit(
    limits: Limits, usage: Usage, items: Sequence[BatchResult], now: datetime
) -> tuple[BatchResult, ...]:
    """Returns the items with as many documents from the front as the limits allow.

    The error of the first document that exceeds a limit replaces that document and all after it.
    """
    error: AirlockError | None = None
    admitted: list[BatchResult] = []
    for item in items:
        if isinstance(item, Document):
            error = error or _find_error(limits, usage, item.size, now)
            usage = usage.add(item.size, limits.creates, now)
            admitted.append(error or item)
        else:
            admitted.append(item)
    return tuple(admitted)


def _find_error(limits: Limits, usage: Usage, size: int, now: datetime) -> AirlockError | None:
    try:
        check(limits, usage, size, now)
    except AirlockError as error:
        return error
    return None


def check(limits: Limits, usage: Usage, size: int, now: datetime) -> None:
    """Raises TooMany or WrongState unless one more upload of `size` bytes fits the limits and the owner is not blocked."""
    if usage.is_blocked:
        raise WrongState(Code.OWNER_BLOCKED)
    if usage.open_uploads + 1 > limits.open_uploads:
        raise TooMany(
            Code.TOO_MANY_OPEN_UPLOADS,
            f"{limits.open_uploads} uploads are open, which is the limit; complete or abort one.",
            retry_after=_OPEN_UPLOADS_RETRY,
            limits=[ServiceLimit(policy="open-uploads", quota=limits.open_uploads, remaining=0)],
        )
    if usage.daily_files + 1 > limits.daily_files or usage.daily_bytes + size > limits.daily_bytes:
        raise TooMany(
            Code.DAILY_QUOTA_EXCEEDED,
            f"The daily limit is {limits.daily_files} files and {limits.daily_bytes} bytes.",
            retry_after=seconds_to_midnight(now),
            limits=_daily_limits(limits, usage, now),
        )
    if usage.reserved_bytes + size > limits.stored_bytes:
        raise WrongState(
            Code.STORAGE_QUOTA_EXCEEDED,
            f"The limit is {limits.stored_bytes} stored bytes; this file exceeds it.",
        )
    if wait := limits.creates.wait(usage.tat, 1, now):
        raise TooMany(
            Code.TOO_MANY_CREATES,
            f"The limit is {limits.creates.per_second} documents a second after the first {limits.creates.burst}.",
            retry_after=wait,
            limits=[ServiceLimit.of_rate("creates", limits.creates, usage.tat, now)],
        )


def daily_limit(policy: str, quota: int, used: int, now: datetime, unit: str | None = None) -> ServiceLimit:
    """Returns the limit of a UTC day, of which `used` is used up."""
    reset = seconds_to_midnight(now)
    return ServiceLimit(
        policy=policy, quota=quota, remaining=max(0, quota - used), window=DAY, reset=reset, unit=unit
    )


def _daily_limits(limits: Limits, usage: Usage, now: datetime) -> list[ServiceLimit]:
    return [
        daily_limit("daily-files", limits.daily_files, usage.daily_files, now),
        daily_limit("daily-bytes", limits.daily_bytes, usage.daily_bytes, now, CONTENT_BYTES),
    ]


def next_midnight(now: datetime) -> datetime:
    """Returns the end of the day of `now`, which is UTC."""
    return datetime.combine(now.date() + timedelta(days=1), time.min, now.tzinfo)


def seconds_to_midnight(now: datetime) -> int:
    """Returns the seconds until midnight, rounded up so that no retry comes too early. `now` is UTC."""
    return int((next_midnight(now) - now).total_seconds()) + 1
