"""Failed documents in the state machine: until when their bytes stay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Document, Status
from functions.domain.effects import PURGE_LEASE
from functions.domain.events import (
    AttemptOutcome,
    CopyPurgeCompleted,
    CopyPurgeStarted,
    DeleteRequested,
    Event,
    Ignored,
    ObjectArrived,
    RedriveRequested,
    RestoreRequested,
    ResultArrived,
    RetentionPassed,
    Transition,
)
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.states import decide
from tests.domain.step_examples import an_end
from tests.examples import NOW, a_processing_document

WEEK, SECOND = timedelta(weeks=1), timedelta(seconds=1)


def change(document: Document, event: Event, now: object = NOW) -> Document:
    decision = decide(document, event, now)  # type: ignore[arg-type]
    assert isinstance(decision, Transition), decision
    return decision.after


def exhausted(**changes: object) -> Document:
    """Returns a document in its last attempt."""
    return replace(a_processing_document(), failures=MAX_ATTEMPTS, **changes)  # type: ignore[arg-type]


def failed(retention: timedelta | None = WEEK) -> Document:
    document = exhausted()
    ended = replace(an_end(AttemptOutcome.CRASHED, document.attempt), failed_retention=retention)
    after = change(document, ended)
    assert after.status is Status.FAILED
    return after


def test_the_bytes_of_a_failed_document_expire_after_the_retention() -> None:
    assert failed().bytes_expire_at == failed().next_check_at == NOW + WEEK


def test_without_a_retention_they_never_expire() -> None:
    document = failed(None)
    assert document.bytes_expire_at is document.next_check_at is None
    assert decide(document, RetentionPassed(), NOW + 1000 * WEEK) is Ignored.WRONG_STATE


@pytest.mark.parametrize(
    "event",
    [ObjectArrived("v1", WEEK), ResultArrived("check", "v1", 1, has_facts=False, failed_retention=WEEK)],
)
def test_an_event_that_finds_no_attempt_left_starts_the_retention_too(event: Event) -> None:
    document = change(exhausted(lease_until=None, staged_version="v1"), event)
    assert (document.status, document.bytes_expire_at) == (Status.FAILED, NOW + WEEK)


def test_a_document_is_purged_when_its_retention_has_passed_and_not_earlier() -> None:
    document = failed()
    assert decide(document, RetentionPassed(), NOW + WEEK - SECOND) is Ignored.WRONG_STATE
    deleted = change(document, RetentionPassed(), NOW + WEEK)
    assert (deleted.status, deleted.purge_after) == (Status.DELETED, NOW + WEEK)
    assert deleted.reserved_bytes == document.reserved_bytes
    assert decide(deleted, RestoreRequested(), NOW + WEEK) is Ignored.DEADLINE_EXCEEDED


def test_a_redrive_ends_the_retention() -> None:
    redriven = change(failed(), RedriveRequested())
    assert redriven.bytes_expire_at is None
    assert decide(redriven, RetentionPassed(), NOW + WEEK) is Ignored.WRONG_STATE


def test_while_its_copies_are_purged_a_document_is_not_redriven() -> None:
    leased = change(failed(), CopyPurgeStarted())
    assert (leased.status, leased.lease_until) == (Status.FAILED, NOW + PURGE_LEASE)
    for event in (RedriveRequested(), CopyPurgeStarted()):
        assert decide(leased, event, NOW + PURGE_LEASE - SECOND) is Ignored.LEASED
    ended = change(leased, CopyPurgeCompleted(leased.attempt))
    assert change(ended, RedriveRequested()).status is Status.PROCESSING
    assert change(leased, RedriveRequested(), NOW + PURGE_LEASE).status is Status.PROCESSING


def test_a_purge_of_copies_whose_lease_was_over_ends_nothing() -> None:
    leased = change(failed(), CopyPurgeStarted())
    next_one = change(leased, CopyPurgeStarted(), NOW + PURGE_LEASE)
    assert decide(next_one, CopyPurgeCompleted(leased.attempt), NOW + PURGE_LEASE) is Ignored.STALE_ATTEMPT
    assert change(next_one, CopyPurgeCompleted(next_one.attempt)).lease_until is None


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.FAILED])
def test_the_copies_of_no_other_document_are_purged(status: Status) -> None:
    document = replace(failed(), status=status, stored_version=None)
    is_ended = status in (Status.REJECTED, Status.EXPIRED)
    ignored = Ignored.ALREADY_APPLIED if is_ended else Ignored.WRONG_STATE
    assert decide(document, CopyPurgeStarted(), NOW) is ignored


def test_a_restore_keeps_the_time() -> None:
    deleted = change(failed(), DeleteRequested(NOW + 2 * WEEK))
    assert deleted.next_check_at == NOW + 2 * WEEK
    assert change(deleted, RestoreRequested()).next_check_at == NOW + WEEK
