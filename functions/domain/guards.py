"""Guards of the state machine: named questions about a document, an event and the time. `states.TRANSITIONS` refers to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.events import AttemptEnded, AttemptOutcome, ObjectArrived
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import StepStatus

Guard = Callable[[Document, Any, datetime], bool]
"""Takes the document, the event and the time (UTC). The event has the attributes of the row's event class."""

MAX_ATTEMPTS = 5
"""Attempts without progress after which a document fails."""

REDRIVABLE = frozenset({Code.ATTEMPTS_EXHAUSTED, Code.STEP_TIMED_OUT})
"""Reasons of a failure that another attempt may cure."""

FAILURES = REDRIVABLE | {Code.OBJECT_GONE}
"""All reasons of a failure."""


def is_leased(document: Document, _event: object, now: datetime) -> bool:
    return has_lease(document, now)


def is_other_version(document: Document, event: Any, _now: datetime) -> bool:
    return bool(document.staged_version != event.version)


def is_stale_attempt(document: Document, event: Any, _now: datetime) -> bool:
    return bool(document.attempt != event.attempt)


def is_waiting(document: Document, event: ObjectArrived, now: datetime) -> bool:
    return is_waiting_for(document, event.kind_steps, now)


def is_waiting_for(document: Document, kind_steps: frozenset[str] | None, now: datetime) -> bool:
    """True while the worker of a step may still send a result, unless a deployment has removed the step from the kind."""
    waiting = document.waiting_step
    if waiting is None or (kind_steps is not None and waiting.name not in kind_steps):
        return False
    return waiting.is_waiting(now)


def has_ended(document: Document, event: Any, _now: datetime) -> bool:
    """True if the step has passed or rejected the file already."""
    return any(
        record.name == event.step and record.status is not StepStatus.WAITING for record in document.steps
    )


def is_stale_result(document: Document, event: Any, _now: datetime) -> bool:
    """True for a result with facts whose task is not the latest one of its step."""
    return bool(event.has_facts) and not _is_latest_task(document, event)


def is_stale_report(document: Document, event: Any, _now: datetime) -> bool:
    return document.staged_version != event.version or not _is_latest_task(document, event)


def _is_latest_task(document: Document, event: Any) -> bool:
    return any(
        record.name == event.step and record.status is StepStatus.WAITING and record.attempt == event.attempt
        for record in document.steps
    )


def is_not_stored(document: Document, event: Any, _now: datetime) -> bool:
    """True for a version that clients can read neither now nor after a restore."""
    return document.effective_status is not Status.READY or document.stored_version != event.version


def is_infected(_document: Document, event: Any, _now: datetime) -> bool:
    return bool(event.verdict is RescanVerdict.INFECTED)


def ended(outcome: AttemptOutcome) -> Guard:
    """A guard that holds for a run that ended in this way."""

    def has_outcome(_document: Document, event: AttemptEnded, _now: datetime) -> bool:
        return event.outcome is outcome

    has_outcome.__name__ = f"has_{outcome.name.lower()}"
    return has_outcome


def is_rejected_duplicate(_document: Document, event: Any, _now: datetime) -> bool:
    is_duplicate = event.outcome is AttemptOutcome.COMPLETED and event.duplicate_of is not None
    return is_duplicate and event.duplicates is DuplicatePolicy.REJECT


def has_no_copy(document: Document, _event: object, _now: datetime) -> bool:
    return document.stored_version is None


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


def is_before_expiry(document: Document, _event: object, now: datetime) -> bool:
    return document.bytes_expire_at is None or now < document.bytes_expire_at


def is_claimed(document: Document, _event: object, _now: datetime) -> bool:
    return document.claimed_at is not None


def needs_no_claim(document: Document, _event: object, _now: datetime) -> bool:
    """True for a document of a kind that wants no claim, and for one that has been claimed."""
    return document.claim_by is None or document.claimed_at is not None


def is_before_claim_end(document: Document, _event: object, now: datetime) -> bool:
    return document.claim_by is not None and now < document.claim_by


def is_past_claim_end(document: Document, _event: object, now: datetime) -> bool:
    return document.claim_by is not None and now >= document.claim_by


def is_past_purge(document: Document, _event: object, now: datetime) -> bool:
    return document.purge_after is not None and now >= document.purge_after


def is_final_failure(document: Document, _event: object, _now: datetime) -> bool:
    """True for a failure that another attempt cannot cure, such as staged bytes that are gone."""
    return document.reason not in REDRIVABLE


def has_same_details(document: Document, event: Any, _now: datetime) -> bool:
    return bool(document.details == (event.file_name, event.title, event.metadata))


def is_stale_revision(document: Document, event: Any, _now: datetime) -> bool:
    return document.revision not in event.revisions


def was(status: Status) -> Guard:
    """A guard that holds when a restore brings back `status`."""

    def was_status(document: Document, _event: object, _now: datetime) -> bool:
        return document.effective_status is status

    was_status.__name__ = f"was_{status.value}"
    return was_status


def has_lease(document: Document, now: datetime) -> bool:
    """True while the holder of the current attempt may still write."""
    return document.lease_until is not None and now < document.lease_until
