"""The state machine: one pure function from a record and an event to the next record, or to a refusal.

    pending -> processing -> ready | rejected | failed
    pending -> completing -> processing, or back to pending
    pending | completing -> expired          pending -> aborted

The arrival of the bytes and the claim to work on them are one write: two would cost twice, and nothing ever
waits between them. Whoever holds a claim has a lease and an attempt number; a later claim has a higher one, and
whatever an overtaken attempt still tries to write is refused.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from functions.core.document import Document, Status, Step
from functions.core.events import (
    AbortRequested,
    Arrived,
    AttemptFailed,
    CompleteFailed,
    CompleteRequested,
    CopyStarted,
    DeadlinePassed,
    Event,
    Paused,
    Promoted,
    Refusal,
    Refused,
    Transition,
    Vanished,
    WindowSigned,
)

LEASE = timedelta(seconds=900)
"""As long as the function that holds it can live (15 minutes), so a lease never outlasts its holder by much."""

COMPLETE_LEASE = timedelta(seconds=60)
"""Of one call to complete; API Gateway gives it 30 seconds."""

MAX_ATTEMPTS = 5
"""Without progress in between."""


def decide(document: Document, event: Event, now: datetime) -> Transition | Refusal:
    """The only place where a status changes."""
    match event:
        case Arrived():
            return _arrived(document, event.version, now)
        case Vanished():
            return _vanished(document, event.version, now)
        case AbortRequested():
            return _aborted(document, now)
        case WindowSigned():
            return _extended(document, event.deadline, now)
        case CompleteRequested() | CompleteFailed():
            return _completing(document, event, now)
        case DeadlinePassed():
            return _deadline_passed(document, now)
        case Refused() | Promoted() | AttemptFailed() | CopyStarted() | Paused():
            return _worked(document, event, now)


def _arrived(document: Document, version: str, now: datetime) -> Transition | Refusal:
    if document.status in (Status.PENDING, Status.COMPLETING):
        return _claim(document, version, now)
    if document.staged_version != version:
        return Refusal.SUPERFLUOUS
    if document.status is Status.FAILED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PROCESSING:
        return Refusal.SUPERFLUOUS
    if _leased(document, now):
        return Refusal.LEASED
    if document.failures >= MAX_ATTEMPTS:
        return _give_up(document, now)
    return _claim(document, version, now)


def _claim(document: Document, version: str, now: datetime) -> Transition:
    """The attempt counts as a failure until it shows progress: a crash has no time to say so."""
    attempt, lease = document.attempt + 1, now + LEASE
    if document.status is Status.PROCESSING:
        failures = document.failures + 1
        return _unmoved(document, now, attempt=attempt, failures=failures, lease_until=lease)
    after = _moved(
        document,
        Status.PROCESSING,
        now,
        staged_version=version,
        attempt=attempt,
        failures=1,
        lease_until=lease,
    )
    return Transition(document, after)


def _worked(
    document: Document, event: Refused | Promoted | AttemptFailed | CopyStarted | Paused, now: datetime
) -> Transition | Refusal:
    if document.status is not Status.PROCESSING or document.attempt != event.attempt:
        return Refusal.OVERTAKEN
    match event:
        case Refused():
            return _released(document, Status.REJECTED, now, event.reason, content_type=event.content_type)
        case Promoted():
            return _ready(document, event, now)
        case CopyStarted():
            return _unmoved(document, now, copy_upload_id=event.upload_id)
        case Paused():
            return _unmoved(document, now, failures=0, lease_until=None)
        case AttemptFailed() if document.failures >= MAX_ATTEMPTS:
            return _give_up(document, now)
        case AttemptFailed():
            return _unmoved(document, now, lease_until=None)


def _ready(document: Document, event: Promoted, now: datetime) -> Transition:
    after = _moved(
        document,
        Status.READY,
        now,
        content_type=event.content_type,
        sha256=event.sha256,
        stored_version=event.version,
        lease_until=None,
        copy_upload_id=None,
    )
    return Transition(document, after, open_uploads=-1)


def _give_up(document: Document, now: datetime) -> Transition:
    """The bytes stay, and stay charged: an operator can look at them and try again."""
    after = _moved(document, Status.FAILED, now, reason="attempts_exhausted", lease_until=None)
    return Transition(document, after, open_uploads=-1)


def _vanished(document: Document, version: str, now: datetime) -> Transition | Refusal:
    """Nothing of ours deletes bytes that are being worked on, so no later attempt will find them either."""
    if document.status is not Status.PROCESSING or document.staged_version != version:
        return Refusal.DONE_ALREADY
    if _leased(document, now):
        return Refusal.LEASED
    return _released(document, Status.FAILED, now, "object_gone")


def _completing(
    document: Document, event: CompleteRequested | CompleteFailed, now: datetime
) -> Transition | Refusal:
    if isinstance(event, CompleteFailed):
        if document.status is not Status.COMPLETING or document.attempt != event.attempt:
            return Refusal.OVERTAKEN
        return _unmoved(document, now, status=Status.PENDING, lease_until=None)
    if document.status in (Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED):
        return Refusal.DONE_ALREADY  # the bytes have arrived, whatever became of them
    if document.status not in (Status.PENDING, Status.COMPLETING):
        return Refusal.WRONG_STATE
    if _leased(document, now):
        return Refusal.LEASED
    if now >= document.deadline:
        return Refusal.TOO_LATE
    lease = now + COMPLETE_LEASE
    return _unmoved(document, now, status=Status.COMPLETING, attempt=document.attempt + 1, lease_until=lease)


def _extended(document: Document, deadline: datetime, now: datetime) -> Transition | Refusal:
    if document.status is not Status.PENDING:
        return Refusal.WRONG_STATE
    if now >= document.deadline:
        return Refusal.TOO_LATE
    if deadline <= document.deadline:
        return Refusal.DONE_ALREADY
    return _unmoved(document, now, deadline=deadline)


def _aborted(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.ABORTED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PENDING:
        return Refusal.WRONG_STATE
    return _released(document, Status.ABORTED, now)


def _deadline_passed(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.EXPIRED:
        return Refusal.DONE_ALREADY
    if document.status not in (Status.PENDING, Status.COMPLETING) or now < document.deadline:
        return Refusal.WRONG_STATE
    if _leased(document, now):
        return Refusal.LEASED
    return _released(document, Status.EXPIRED, now)


def _leased(document: Document, now: datetime) -> bool:
    return document.lease_until is not None and now < document.lease_until


def _released(
    document: Document, status: Status, now: datetime, reason: str | None = None, **changes: Any
) -> Transition:
    after = _moved(document, status, now, reason=reason, charged=0, lease_until=None, **changes)
    return Transition(document, after, charged=-document.charged, open_uploads=-1)


def _moved(
    document: Document, status: Status, now: datetime, *, reason: str | None = None, **changes: Any
) -> Document:
    history = (*document.history, Step(status, now, reason))
    return _revised(document, now, status=status, reason=reason, history=history, **changes)


def _unmoved(document: Document, now: datetime, **changes: Any) -> Transition:
    """A change that clients do not see as a step."""
    return Transition(document, _revised(document, now, **changes))


def _revised(document: Document, now: datetime, **changes: Any) -> Document:
    return replace(document, revision=document.revision + 1, updated_at=now, **changes)
