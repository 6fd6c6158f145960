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

from functions.domain.codes import Code
from functions.domain.deletion import decide_deletion
from functions.domain.document import Document, Status
from functions.domain.events import (
    AbortRequested,
    AttemptFailed,
    CompleteFailed,
    CompleteRequested,
    CopyPaused,
    CopyStarted,
    DeadlinePassed,
    DeleteRequested,
    Event,
    Ignored,
    InspectionFailed,
    ObjectArrived,
    ObjectMissing,
    PartUrlsSigned,
    Promoted,
    PurgeCompleted,
    PurgeStarted,
    RedriveRequested,
    RestoreRequested,
    Transition,
)
from functions.domain.transitions import change_status, close_upload, has_lease, update

LEASE = timedelta(seconds=900)
"""As long as the function that holds it can live (15 minutes), so a lease never outlasts its holder by much."""

COMPLETE_LEASE = timedelta(seconds=60)
"""Of one call to complete; API Gateway gives it 30 seconds."""

MAX_ATTEMPTS = 5
"""Without progress in between."""

EXHAUSTED = Code.ATTEMPTS_EXHAUSTED


def decide(document: Document, event: Event, now: datetime) -> Transition | Ignored:
    """The only place where a status changes."""
    match event:
        case ObjectArrived():
            return _arrived(document, event.version, now)
        case ObjectMissing():
            return _vanished(document, event.version, now)
        case AbortRequested():
            return _aborted(document, now)
        case PartUrlsSigned():
            return _extended(document, event.upload_deadline, now)
        case CompleteRequested() | CompleteFailed():
            return _completing(document, event, now)
        case DeadlinePassed():
            return _deadline_passed(document, now)
        case RedriveRequested():
            return _redriven(document, now)
        case InspectionFailed() | Promoted() | AttemptFailed() | CopyStarted() | CopyPaused():
            return _worked(document, event, now)
        case DeleteRequested() | RestoreRequested() | PurgeStarted() | PurgeCompleted():
            return decide_deletion(document, event, now)


def _arrived(document: Document, version: str, now: datetime) -> Transition | Ignored:
    if document.status in (Status.PENDING, Status.COMPLETING):
        return _claim(document, version, now)
    if document.staged_version != version:
        return Ignored.ORPHANED_VERSION
    if document.effective_status is Status.FAILED:
        return Ignored.ALREADY_APPLIED
    if document.status is not Status.PROCESSING:
        return Ignored.ORPHANED_VERSION
    if has_lease(document, now):
        return Ignored.LEASED
    if document.failures >= MAX_ATTEMPTS:
        return _give_up(document, now)
    return _claim(document, version, now)


def _claim(document: Document, version: str, now: datetime) -> Transition:
    """The attempt counts as a failure until it shows progress: a crash has no time to say so."""
    attempt, lease = document.attempt + 1, now + LEASE
    if document.status is Status.PROCESSING:
        failures = document.failures + 1
        return update(document, now, attempt=attempt, failures=failures, lease_until=lease)
    after = change_status(
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
    document: Document,
    event: InspectionFailed | Promoted | AttemptFailed | CopyStarted | CopyPaused,
    now: datetime,
) -> Transition | Ignored:
    if document.status is not Status.PROCESSING or document.attempt != event.attempt:
        return Ignored.STALE_ATTEMPT
    match event:
        case InspectionFailed():
            return close_upload(document, Status.REJECTED, now, event.reason, content_type=event.content_type)
        case Promoted():
            return _ready(document, event, now)
        case CopyStarted():
            return update(document, now, copy_upload_id=event.upload_id)
        case CopyPaused():
            return update(document, now, failures=0, lease_until=None)
        case AttemptFailed() if document.failures >= MAX_ATTEMPTS:
            return _give_up(document, now)
        case AttemptFailed():
            return update(document, now, lease_until=None)


def _ready(document: Document, event: Promoted, now: datetime) -> Transition:
    after = change_status(
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
    after = change_status(document, Status.FAILED, now, reason=EXHAUSTED, lease_until=None)
    return Transition(document, after, open_uploads=-1)


def _redriven(document: Document, now: datetime) -> Transition | Ignored:
    """Due at once, so that the janitor announces it should whoever ordered this come no further."""
    if document.status is Status.PROCESSING:
        return Ignored.ALREADY_APPLIED
    if document.status is not Status.FAILED or document.reason != EXHAUSTED:
        return Ignored.WRONG_STATE
    after = change_status(document, Status.PROCESSING, now, failures=0)
    return Transition(document, after, open_uploads=1)


def _vanished(document: Document, version: str, now: datetime) -> Transition | Ignored:
    """Nothing of ours deletes bytes that are being worked on, so no later attempt will find them either."""
    if document.status is not Status.PROCESSING or document.staged_version != version:
        return Ignored.ALREADY_APPLIED
    if has_lease(document, now):
        return Ignored.LEASED
    return close_upload(document, Status.FAILED, now, Code.OBJECT_GONE)


def _completing(
    document: Document, event: CompleteRequested | CompleteFailed, now: datetime
) -> Transition | Ignored:
    if isinstance(event, CompleteFailed):
        if document.status is not Status.COMPLETING or document.attempt != event.attempt:
            return Ignored.STALE_ATTEMPT
        return update(document, now, status=Status.PENDING, lease_until=None)
    if document.status in (Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED):
        return Ignored.ALREADY_APPLIED  # the bytes have arrived, whatever became of them
    if document.status not in (Status.PENDING, Status.COMPLETING):
        return Ignored.WRONG_STATE
    if has_lease(document, now):
        return Ignored.LEASED
    if now >= document.upload_deadline:
        return Ignored.DEADLINE_EXCEEDED
    lease = now + COMPLETE_LEASE
    return update(document, now, status=Status.COMPLETING, attempt=document.attempt + 1, lease_until=lease)


def _extended(document: Document, upload_deadline: datetime, now: datetime) -> Transition | Ignored:
    if document.status is not Status.PENDING:
        return Ignored.WRONG_STATE
    if now >= document.upload_deadline:
        return Ignored.DEADLINE_EXCEEDED
    if upload_deadline <= document.upload_deadline:
        return Ignored.ALREADY_APPLIED
    return update(document, now, upload_deadline=upload_deadline)


def _aborted(document: Document, now: datetime) -> Transition | Ignored:
    if document.status is Status.ABORTED:
        return Ignored.ALREADY_APPLIED
    if document.status is not Status.PENDING:
        return Ignored.WRONG_STATE
    return close_upload(document, Status.ABORTED, now)


def _deadline_passed(document: Document, now: datetime) -> Transition | Ignored:
    if document.status is Status.EXPIRED:
        return Ignored.ALREADY_APPLIED
    if document.status not in (Status.PENDING, Status.COMPLETING) or now < document.upload_deadline:
        return Ignored.WRONG_STATE
    if has_lease(document, now):
        return Ignored.LEASED
    return close_upload(document, Status.EXPIRED, now)
