"""The state machine before the bytes are there: more time, complete, abort, expire. Every transition and every refusal."""

from datetime import timedelta

import pytest

from functions.domain.document import Document, Status
from functions.domain.effects import COMPLETE_LEASE
from functions.domain.events import (
    AbortRequested,
    CompleteFailed,
    CompleteRequested,
    DeadlinePassed,
    Event,
    Ignored,
    PartsFound,
    Transition,
    UploadUrlsSigned,
)
from functions.domain.states import decide
from tests.examples import NOW, a_completing_document, a_document, a_processing_document

LATER = NOW + timedelta(minutes=2)
A_MOMENT = timedelta(microseconds=1)
SHA256 = "ab" * 32
STOPPED = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)


def change_status(document: Document, event: Event) -> Transition:
    decision = decide(document, event, LATER)
    assert isinstance(decision, Transition)
    return decision


def test_an_abort_of_a_pending_document_releases_its_reservation() -> None:
    transition = change_status(a_document(size=70), AbortRequested())
    assert transition.after.status is Status.ABORTED
    assert (transition.reserved_bytes, transition.open_uploads, transition.after.reserved_bytes) == (
        -70,
        -1,
        0,
    )


def test_a_second_abort_is_already_applied() -> None:
    assert decide(a_document(status=Status.ABORTED), AbortRequested(), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize(
    "status",
    [Status.COMPLETING, Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED, Status.EXPIRED],
)
def test_an_abort_after_the_bytes_arrived_or_the_upload_ended_is_a_wrong_state(status: Status) -> None:
    assert (
        decide(a_document(status=status, staged_version="v1"), AbortRequested(), LATER) is Ignored.WRONG_STATE
    )


def test_a_call_to_complete_takes_a_short_lease() -> None:
    transition = change_status(a_document(), CompleteRequested())
    assert transition.after.status is Status.COMPLETING
    assert (transition.after.attempt, transition.after.lease_until) == (1, LATER + COMPLETE_LEASE)
    assert (transition.reserved_bytes, transition.open_uploads) == (0, 0)


def test_the_second_of_two_calls_to_complete_finds_a_lease() -> None:
    assert (
        decide(a_completing_document(lease_until=LATER + A_MOMENT), CompleteRequested(), LATER)
        is Ignored.LEASED
    )


def test_a_call_to_complete_takes_over_after_the_lease_of_a_crashed_one() -> None:
    after = change_status(a_completing_document(lease_until=LATER), CompleteRequested()).after
    assert (after.status, after.attempt, after.lease_until) == (Status.COMPLETING, 2, LATER + COMPLETE_LEASE)


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED])
def test_complete_after_the_bytes_arrived_is_already_applied(status: Status) -> None:
    assert decide(a_document(status=status), CompleteRequested(), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.ABORTED])
def test_an_upload_that_ended_otherwise_cannot_be_completed(status: Status) -> None:
    assert decide(a_document(status=status), CompleteRequested(), LATER) is Ignored.WRONG_STATE


@pytest.mark.parametrize(
    "document",
    [a_document(upload_deadline=LATER), a_completing_document(upload_deadline=LATER, lease_until=LATER)],
)
def test_complete_at_the_deadline_exceeds_it(document: Document) -> None:
    assert decide(document, CompleteRequested(), LATER) is Ignored.DEADLINE_EXCEEDED


def test_a_failed_call_to_complete_can_be_repeated() -> None:
    transition = change_status(a_completing_document(), CompleteFailed(1))
    assert (transition.after.status, transition.after.lease_until) == (Status.PENDING, None)
    assert (transition.reserved_bytes, transition.open_uploads) == (0, 0)


def test_a_stale_failed_call_to_complete_changes_nothing() -> None:
    assert decide(a_completing_document(attempt=2), CompleteFailed(1), LATER) is Ignored.STALE_ATTEMPT
    assert decide(a_processing_document(attempt=1), CompleteFailed(1), LATER) is Ignored.STALE_ATTEMPT
    assert decide(a_document(attempt=1), CompleteFailed(1), LATER) is Ignored.STALE_ATTEMPT


def test_signing_urls_extends_the_deadline() -> None:
    wanted = NOW + timedelta(days=2)
    after = change_status(a_document(), UploadUrlsSigned(wanted)).after
    assert (after.status, after.upload_deadline) == (Status.PENDING, wanted)


def test_a_deadline_never_moves_back() -> None:
    document = a_document()
    assert decide(document, UploadUrlsSigned(document.upload_deadline), LATER) is Ignored.ALREADY_APPLIED
    assert (
        decide(document, UploadUrlsSigned(document.upload_deadline - A_MOMENT), LATER)
        is Ignored.ALREADY_APPLIED
    )


def test_a_deadline_that_has_passed_is_not_extended() -> None:
    later = UploadUrlsSigned(LATER + timedelta(days=1))
    assert decide(a_document(upload_deadline=LATER), later, LATER) is Ignored.DEADLINE_EXCEEDED


@pytest.mark.parametrize(
    "document", [a_document(upload_deadline=NOW), a_completing_document(upload_deadline=NOW)]
)
def test_a_part_extends_a_deadline_that_has_passed(document: Document) -> None:
    wanted = LATER + timedelta(days=1)
    after = change_status(document, PartsFound(wanted)).after
    assert (after.status, after.upload_deadline) == (document.status, wanted)


def test_a_part_never_moves_a_deadline_back() -> None:
    document = a_document()
    assert decide(document, PartsFound(document.upload_deadline), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize("status", [Status.PROCESSING, *STOPPED])
def test_a_part_of_an_upload_that_has_ended_changes_nothing(status: Status) -> None:
    later = PartsFound(NOW + timedelta(days=2))
    assert decide(a_document(status=status), later, LATER) is Ignored.WRONG_STATE


@pytest.mark.parametrize("status", [Status.COMPLETING, Status.PROCESSING, *STOPPED])
def test_only_the_deadline_of_a_pending_document_is_extended(status: Status) -> None:
    later = UploadUrlsSigned(NOW + timedelta(days=2))
    assert decide(a_document(status=status), later, LATER) is Ignored.WRONG_STATE


@pytest.mark.parametrize(
    "document",
    [a_document(upload_deadline=LATER), a_completing_document(upload_deadline=LATER, lease_until=LATER)],
)
def test_a_document_without_bytes_expires_at_its_deadline_and_releases_its_reservation(
    document: Document,
) -> None:
    transition = change_status(document, DeadlinePassed())
    assert (transition.after.status, transition.after.reserved_bytes) == (Status.EXPIRED, 0)
    assert (transition.reserved_bytes, transition.open_uploads) == (-document.size, -1)
    assert transition.after.lease_until is None


def test_before_its_deadline_nothing_expires() -> None:
    document = a_document(upload_deadline=LATER + A_MOMENT)
    assert decide(document, DeadlinePassed(), LATER) is Ignored.WRONG_STATE


def test_nothing_expires_under_the_lease_of_complete() -> None:
    document = a_completing_document(upload_deadline=LATER, lease_until=LATER + A_MOMENT)
    assert decide(document, DeadlinePassed(), LATER) is Ignored.LEASED


def test_an_expired_document_does_not_expire_again() -> None:
    assert decide(a_document(status=Status.EXPIRED), DeadlinePassed(), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize(
    "status", [Status.PROCESSING, Status.READY, Status.REJECTED, Status.ABORTED, Status.FAILED]
)
def test_a_document_with_bytes_or_at_rest_does_not_expire(status: Status) -> None:
    assert (
        decide(a_document(status=status, upload_deadline=NOW), DeadlinePassed(), LATER) is Ignored.WRONG_STATE
    )


def test_completing_adds_no_history_entry() -> None:
    claimed = change_status(a_document(), CompleteRequested()).after
    given_back = change_status(claimed, CompleteFailed(1)).after
    assert claimed.history == given_back.history == a_document().history
