"""Claims in the state machine: a ready document of a kind that wants one is claimed in time, or expires."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.domain.changes import Change, find_change
from functions.domain.document import Document, Status
from functions.domain.events import (
    AttemptOutcome,
    ClaimRequested,
    ClaimTimePassed,
    CopyPurgeCompleted,
    CopyPurgeStarted,
    DeleteRequested,
    Event,
    Ignored,
    RestoreRequested,
    Transition,
)
from functions.domain.states import decide
from tests.domain.step_examples import an_end
from tests.examples import NOW, a_processing_document

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def change(document: Document, event: Event, now: datetime = NOW) -> Document:
    decision = decide(document, event, now)
    assert isinstance(decision, Transition), decision
    return decision.after


def ready(claim_within: timedelta | None = HOUR) -> Document:
    document = a_processing_document()
    ended = an_end(AttemptOutcome.COMPLETED, document.attempt, stored_version="d1", sha256="ab")
    return change(document, replace(ended, claim_within=claim_within))


def test_the_time_begins_when_the_document_is_ready() -> None:
    assert ready().claim_by == ready().next_check_at == NOW + HOUR


def test_a_kind_that_wants_no_claim_has_no_time() -> None:
    document = ready(claim_within=None)
    assert (document.claim_by, document.next_check_at) == (None, None)
    assert decide(document, ClaimRequested(), NOW) is Ignored.WRONG_STATE
    assert decide(document, ClaimTimePassed(), NOW + 1000 * HOUR) is Ignored.WRONG_STATE


def test_a_claimed_document_stays() -> None:
    claimed = change(ready(), ClaimRequested("back-end"), NOW + HOUR - SECOND)
    assert (claimed.status, claimed.claimed_at) == (Status.READY, NOW + HOUR - SECOND)
    assert claimed.next_check_at is None
    assert (claimed.history[-1].actor, claimed.history[-1].changed) == ("back-end", ("claimed_at",))
    assert decide(claimed, ClaimTimePassed(), NOW + 1000 * HOUR) is Ignored.WRONG_STATE


def test_a_second_claim_changes_nothing_however_late() -> None:
    claimed = change(ready(), ClaimRequested())
    assert decide(claimed, ClaimRequested("other"), NOW + 1000 * HOUR) is Ignored.ALREADY_APPLIED


def test_a_claim_is_too_late_from_the_second_on_at_which_a_sweep_may_end_the_document() -> None:
    assert decide(ready(), ClaimTimePassed(), NOW + HOUR - SECOND) is Ignored.WRONG_STATE
    assert decide(ready(), ClaimRequested(), NOW + HOUR) is Ignored.DEADLINE_EXCEEDED
    assert change(ready(), ClaimTimePassed(), NOW + HOUR).status is Status.EXPIRED


def test_what_nobody_claims_expires_and_releases_its_bytes() -> None:
    expired = change(ready(), ClaimTimePassed(), NOW + HOUR)
    assert (expired.reason, expired.reserved_bytes) == ("not_claimed", 0)
    assert find_change(Status.READY, expired.status) is Change.EXPIRED
    assert expired.sequence == ready().sequence + 1
    assert expired.content_digest is None


def test_the_bytes_of_an_unclaimed_document_are_due_until_they_are_purged() -> None:
    expired = change(ready(), ClaimTimePassed(), NOW + HOUR)
    assert expired.next_check_at == NOW + HOUR
    leased = change(expired, CopyPurgeStarted(), NOW + HOUR)
    assert decide(leased, CopyPurgeStarted(), NOW + HOUR) is Ignored.LEASED
    purged = change(leased, CopyPurgeCompleted(leased.attempt), NOW + HOUR)
    assert (purged.status, purged.stored_version, purged.next_check_at) == (Status.EXPIRED, None, None)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.READY])
def test_no_other_document_is_claimed_or_expires(status: Status) -> None:
    document = replace(ready(), status=status)
    assert decide(document, ClaimRequested(), NOW) is Ignored.WRONG_STATE
    assert decide(document, ClaimTimePassed(), NOW + HOUR) is Ignored.WRONG_STATE


def test_a_restore_does_not_extend_the_time() -> None:
    deleted = change(ready(), DeleteRequested(NOW + 10 * HOUR))
    restored = change(deleted, RestoreRequested(), NOW + 2 * HOUR)
    assert restored.next_check_at == NOW + HOUR
    assert change(restored, ClaimTimePassed(), NOW + 2 * HOUR).status is Status.EXPIRED
