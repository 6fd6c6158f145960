"""Guards of the state machine: named questions about a document, an event and the time. `states.TRANSITIONS` refers to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document, Status

Guard = Callable[[Document, Any, datetime], bool]
"""Takes the document, the event and the time (UTC). The event has the attributes of the row's event class."""

MAX_ATTEMPTS = 5
"""Attempts without progress after which a document fails."""

EXHAUSTED = Code.ATTEMPTS_EXHAUSTED


def is_leased(document: Document, _event: object, now: datetime) -> bool:
    return has_lease(document, now)


def is_other_version(document: Document, event: Any, _now: datetime) -> bool:
    return bool(document.staged_version != event.version)


def is_stale_attempt(document: Document, event: Any, _now: datetime) -> bool:
    return bool(document.attempt != event.attempt)


def is_out_of_attempts(document: Document, _event: object, _now: datetime) -> bool:
    return document.failures >= MAX_ATTEMPTS


def is_past_deadline(document: Document, _event: object, now: datetime) -> bool:
    return now >= document.upload_deadline


def is_before_deadline(document: Document, _event: object, now: datetime) -> bool:
    return now < document.upload_deadline


def is_no_extension(document: Document, event: Any, _now: datetime) -> bool:
    return bool(event.upload_deadline <= document.upload_deadline)


def is_before_purge(document: Document, _event: object, now: datetime) -> bool:
    return document.purge_after is None or now < document.purge_after


def is_past_purge(document: Document, _event: object, now: datetime) -> bool:
    return document.purge_after is not None and now >= document.purge_after


def is_not_exhausted(document: Document, _event: object, _now: datetime) -> bool:
    """True for a failure that another attempt cannot cure, such as staged bytes that are gone."""
    return document.reason != EXHAUSTED


def was(status: Status) -> Guard:
    """A guard that holds when a restore brings back `status`."""

    def was_status(document: Document, _event: object, _now: datetime) -> bool:
        return document.effective_status is status

    was_status.__name__ = f"was_{status.value}"
    return was_status


def has_lease(document: Document, now: datetime) -> bool:
    """True while the holder of the current attempt may still write."""
    return document.lease_until is not None and now < document.lease_until
