"""The last part of the state machine: what is deleted can be restored for a time, then every byte goes, then the record.

    ready | rejected | expired | aborted | failed -> deleted -> purging -> purged
    deleted -> what it was before

The owner's usage is released with the last step only: as long as bytes are stored, they are charged.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from functions.core.document import GONE, Document, Status
from functions.core.events import (
    DeleteRequested,
    PurgeClaimed,
    Purged,
    Refusal,
    RestoreRequested,
    Transition,
)
from functions.core.transitions import leased, moved, unmoved

PURGE_LEASE = timedelta(seconds=300)
"""As long as the function that holds it can live."""

TOMBSTONE = timedelta(days=30)
"""How long a record without content stays, so that whatever still comes for the document meets a plain no."""

_AT_REST = frozenset({Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED})


def decide_deletion(
    document: Document, event: DeleteRequested | RestoreRequested | PurgeClaimed | Purged, now: datetime
) -> Transition | Refusal:
    match event:
        case DeleteRequested():
            return _deleted(document, event.purge_at, now)
        case RestoreRequested():
            return _restored(document, now)
        case PurgeClaimed():
            return _claimed(document, now)
        case Purged():
            return _purged(document, event.attempt, now)


def _deleted(document: Document, purge_at: datetime, now: datetime) -> Transition | Refusal:
    if document.status is Status.DELETED or document.status in GONE:
        return Refusal.DONE_ALREADY
    if document.status not in _AT_REST:
        return Refusal.WRONG_STATE
    return Transition(document, moved(document, Status.DELETED, now, purge_at=purge_at))


def _restored(document: Document, now: datetime) -> Transition | Refusal:
    if document.status in _AT_REST:
        return Refusal.DONE_ALREADY
    if document.status is not Status.DELETED:
        return Refusal.WRONG_STATE
    if document.purge_at is not None and now >= document.purge_at:
        return Refusal.TOO_LATE
    was = document.history[-2]
    return Transition(document, moved(document, was.status, now, reason=was.reason, purge_at=None))


def _claimed(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.PURGED:
        return Refusal.DONE_ALREADY
    attempt, lease = document.attempt + 1, now + PURGE_LEASE
    if document.status is Status.PURGING:
        if leased(document, now):
            return Refusal.LEASED
        return unmoved(document, now, attempt=attempt, lease_until=lease)
    if document.status is not Status.DELETED or document.purge_at is None or now < document.purge_at:
        return Refusal.WRONG_STATE
    return Transition(document, moved(document, Status.PURGING, now, attempt=attempt, lease_until=lease))


def _purged(document: Document, attempt: int, now: datetime) -> Transition | Refusal:
    if document.status is not Status.PURGING or document.attempt != attempt:
        return Refusal.OVERTAKEN
    after = moved(document, Status.PURGED, now, charged=0, lease_until=None, forget_at=now + TOMBSTONE)
    return Transition(document, _without_content(after), charged=-document.charged)


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
