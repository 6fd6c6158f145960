"""The last part of the state machine: what is deleted can be restored for a time, then every byte goes, then the record.

    ready | rejected | expired | aborted | failed -> deleted -> purging -> purged
    deleted -> what it was before

The owner's usage is released with the last step only: as long as bytes are stored, they are charged.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from functions.domain.document import PURGED_STATUSES, Document, Status
from functions.domain.events import (
    DeleteRequested,
    Ignored,
    PurgeCompleted,
    PurgeStarted,
    RestoreRequested,
    Transition,
)
from functions.domain.transitions import change_status, has_lease, update

PURGE_LEASE = timedelta(seconds=300)
"""As long as the function that holds it can live."""

TOMBSTONE = timedelta(days=30)
"""How long a record without content stays, so that whatever still comes for the document meets a plain no."""

_AT_REST = frozenset({Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED})


def decide_deletion(
    document: Document,
    event: DeleteRequested | RestoreRequested | PurgeStarted | PurgeCompleted,
    now: datetime,
) -> Transition | Ignored:
    match event:
        case DeleteRequested():
            return _deleted(document, event.purge_after, now)
        case RestoreRequested():
            return _restored(document, now)
        case PurgeStarted():
            return _claimed(document, now)
        case PurgeCompleted():
            return _purged(document, event.attempt, now)


def _deleted(document: Document, purge_after: datetime, now: datetime) -> Transition | Ignored:
    if document.status is Status.DELETED or document.status in PURGED_STATUSES:
        return Ignored.ALREADY_APPLIED
    if document.status not in _AT_REST:
        return Ignored.WRONG_STATE
    return Transition(document, change_status(document, Status.DELETED, now, purge_after=purge_after))


def _restored(document: Document, now: datetime) -> Transition | Ignored:
    if document.status in _AT_REST:
        return Ignored.ALREADY_APPLIED
    if document.status is not Status.DELETED:
        return Ignored.WRONG_STATE
    if document.purge_after is not None and now >= document.purge_after:
        return Ignored.DEADLINE_EXCEEDED
    was = document.history[-2]
    return Transition(document, change_status(document, was.status, now, reason=was.reason, purge_after=None))


def _claimed(document: Document, now: datetime) -> Transition | Ignored:
    if document.status is Status.PURGED:
        return Ignored.ALREADY_APPLIED
    attempt, lease = document.attempt + 1, now + PURGE_LEASE
    if document.status is Status.PURGING:
        if has_lease(document, now):
            return Ignored.LEASED
        return update(document, now, attempt=attempt, lease_until=lease)
    if document.status is not Status.DELETED or document.purge_after is None or now < document.purge_after:
        return Ignored.WRONG_STATE
    return Transition(
        document, change_status(document, Status.PURGING, now, attempt=attempt, lease_until=lease)
    )


def _purged(document: Document, attempt: int, now: datetime) -> Transition | Ignored:
    if document.status is not Status.PURGING or document.attempt != attempt:
        return Ignored.STALE_ATTEMPT
    after = change_status(
        document, Status.PURGED, now, reserved_bytes=0, lease_until=None, record_expires_at=now + TOMBSTONE
    )
    return Transition(document, _without_content(after), reserved_bytes=-document.reserved_bytes)


def _without_content(document: Document) -> Document:
    """What could tell somebody about a person is gone; when what happened is not."""
    return replace(
        document,
        file_name="",
        title="",
        metadata={},
        declared_sha256=None,
        sha256=None,
        history=tuple(replace(step, reason=None) for step in document.history),
    )
