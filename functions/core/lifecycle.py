"""The state machine: one pure function from a record and an event to the next record, or to a refusal.

    pending -> processing -> ready | rejected | failed
    pending -> completing -> processing, or back to pending
    pending | completing -> expired          pending -> aborted          failed -> processing, by an operator
    ready | rejected | expired | aborted | failed -> deleted -> purging -> purged, or back from deleted (deletion.py)

The arrival of the bytes and the claim to work on them are one write: two would cost twice, and nothing ever
waits between them. Whoever holds a claim has a lease and an attempt number; a later claim has a higher one, and
whatever an overtaken attempt still tries to write is refused.
"""

from datetime import datetime, timedelta

from functions.core.deletion import decide_deletion
from functions.core.document import Document, Status
from functions.core.events import (
    AbortRequested,
    Arrived,
    AttemptFailed,
    CompleteFailed,
    CompleteRequested,
    CopyStarted,
    DeadlinePassed,
    DeleteRequested,
    Event,
    Paused,
    Promoted,
    PurgeClaimed,
    Purged,
    RedriveOrdered,
    Refusal,
    Refused,
    RestoreRequested,
    Transition,
    Vanished,
    WindowSigned,
)
from functions.core.transitions import leased, moved, released, unmoved

LEASE = timedelta(seconds=900)
"""As long as the function that holds it can live (15 minutes), so a lease never outlasts its holder by much."""

COMPLETE_LEASE = timedelta(seconds=60)
"""Of one call to complete; API Gateway gives it 30 seconds."""

MAX_ATTEMPTS = 5
"""Without progress in between."""

EXHAUSTED = "attempts_exhausted"


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
        case RedriveOrdered():
            return _redriven(document, now)
        case Refused() | Promoted() | AttemptFailed() | CopyStarted() | Paused():
            return _worked(document, event, now)
        case DeleteRequested() | RestoreRequested() | PurgeClaimed() | Purged():
            return decide_deletion(document, event, now)


def _arrived(document: Document, version: str, now: datetime) -> Transition | Refusal:
    if document.status in (Status.PENDING, Status.COMPLETING):
        return _claim(document, version, now)
    if document.staged_version != version:
        return Refusal.SUPERFLUOUS
    if document.standing is Status.FAILED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PROCESSING:
        return Refusal.SUPERFLUOUS
    if leased(document, now):
        return Refusal.LEASED
    if document.failures >= MAX_ATTEMPTS:
        return _give_up(document, now)
    return _claim(document, version, now)


def _claim(document: Document, version: str, now: datetime) -> Transition:
    """The attempt counts as a failure until it shows progress: a crash has no time to say so."""
    attempt, lease = document.attempt + 1, now + LEASE
    if document.status is Status.PROCESSING:
        failures = document.failures + 1
        return unmoved(document, now, attempt=attempt, failures=failures, lease_until=lease)
    after = moved(
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
            return released(document, Status.REJECTED, now, event.reason, content_type=event.content_type)
        case Promoted():
            return _ready(document, event, now)
        case CopyStarted():
            return unmoved(document, now, copy_upload_id=event.upload_id)
        case Paused():
            return unmoved(document, now, failures=0, lease_until=None)
        case AttemptFailed() if document.failures >= MAX_ATTEMPTS:
            return _give_up(document, now)
        case AttemptFailed():
            return unmoved(document, now, lease_until=None)


def _ready(document: Document, event: Promoted, now: datetime) -> Transition:
    after = moved(
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
    after = moved(document, Status.FAILED, now, reason=EXHAUSTED, lease_until=None)
    return Transition(document, after, open_uploads=-1)


def _redriven(document: Document, now: datetime) -> Transition | Refusal:
    """Due at once, so that the janitor announces it should whoever ordered this come no further."""
    if document.status is Status.PROCESSING:
        return Refusal.DONE_ALREADY
    if document.status is not Status.FAILED or document.reason != EXHAUSTED:
        return Refusal.WRONG_STATE
    after = moved(document, Status.PROCESSING, now, failures=0)
    return Transition(document, after, open_uploads=1)


def _vanished(document: Document, version: str, now: datetime) -> Transition | Refusal:
    """Nothing of ours deletes bytes that are being worked on, so no later attempt will find them either."""
    if document.status is not Status.PROCESSING or document.staged_version != version:
        return Refusal.DONE_ALREADY
    if leased(document, now):
        return Refusal.LEASED
    return released(document, Status.FAILED, now, "object_gone")


def _completing(
    document: Document, event: CompleteRequested | CompleteFailed, now: datetime
) -> Transition | Refusal:
    if isinstance(event, CompleteFailed):
        if document.status is not Status.COMPLETING or document.attempt != event.attempt:
            return Refusal.OVERTAKEN
        return unmoved(document, now, status=Status.PENDING, lease_until=None)
    if document.status in (Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED):
        return Refusal.DONE_ALREADY  # the bytes have arrived, whatever became of them
    if document.status not in (Status.PENDING, Status.COMPLETING):
        return Refusal.WRONG_STATE
    if leased(document, now):
        return Refusal.LEASED
    if now >= document.deadline:
        return Refusal.TOO_LATE
    lease = now + COMPLETE_LEASE
    return unmoved(document, now, status=Status.COMPLETING, attempt=document.attempt + 1, lease_until=lease)


def _extended(document: Document, deadline: datetime, now: datetime) -> Transition | Refusal:
    if document.status is not Status.PENDING:
        return Refusal.WRONG_STATE
    if now >= document.deadline:
        return Refusal.TOO_LATE
    if deadline <= document.deadline:
        return Refusal.DONE_ALREADY
    return unmoved(document, now, deadline=deadline)


def _aborted(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.ABORTED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PENDING:
        return Refusal.WRONG_STATE
    return released(document, Status.ABORTED, now)


def _deadline_passed(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.EXPIRED:
        return Refusal.DONE_ALREADY
    if document.status not in (Status.PENDING, Status.COMPLETING) or now < document.deadline:
        return Refusal.WRONG_STATE
    if leased(document, now):
        return Refusal.LEASED
    return released(document, Status.EXPIRED, now)
