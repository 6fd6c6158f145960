"""Every transition and every refusal of the state machine once bytes arrive, as sentences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    AttemptFailed,
    CopyPaused,
    CopyStarted,
    Event,
    Ignored,
    InspectionFailed,
    ObjectArrived,
    Promoted,
    RedriveRequested,
    Transition,
)
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.states import decide
from tests.examples import NOW, a_completing_document, a_document, a_document_at_rest, a_processing_document

LATER = NOW + timedelta(minutes=2)
A_MOMENT = timedelta(microseconds=1)
SHA256 = "ab" * 32
STOPPED = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)


def change_status(document: Document, event: Event) -> Transition:
    decision = decide(document, event, LATER)
    assert isinstance(decision, Transition)
    return decision


def ending(attempt: int) -> list[Event]:
    """Every way in which an attempt can end."""
    return [
        InspectionFailed(attempt, "type_mismatch"),
        Promoted(attempt, "image/png", SHA256, "d1"),
        AttemptFailed(attempt),
    ]


def test_an_event_moves_a_pending_document_to_processing_and_leases_it() -> None:
    after = change_status(a_document(), ObjectArrived("v1")).after
    assert after.status is Status.PROCESSING
    assert (after.staged_version, after.attempt, after.lease_until) == ("v1", 1, LATER + LEASE)
    assert after.failures == 1


def test_an_event_moves_a_completing_document_to_processing() -> None:
    after = change_status(a_completing_document(lease_until=LATER + LEASE), ObjectArrived("v1")).after
    assert (after.status, after.staged_version, after.attempt) == (Status.PROCESSING, "v1", 2)
    assert (after.failures, after.lease_until) == (1, LATER + LEASE)


def test_an_event_does_not_change_the_usage() -> None:
    transition = change_status(a_document(), ObjectArrived("v1"))
    assert (transition.reserved_bytes, transition.open_uploads) == (0, 0)
    assert transition.after.reserved_bytes == transition.before.reserved_bytes


def test_bytes_that_arrive_after_the_deadline_of_a_pending_document_still_count() -> None:
    assert (
        change_status(a_document(upload_deadline=NOW), ObjectArrived("v1")).after.status is Status.PROCESSING
    )


def test_a_repeated_event_waits_while_the_lease_is_held() -> None:
    document = a_processing_document(lease_until=LATER + A_MOMENT)
    assert decide(document, ObjectArrived("v1"), LATER) is Ignored.LEASED


def test_a_repeated_event_starts_another_attempt_after_the_lease() -> None:
    after = change_status(a_processing_document(lease_until=LATER), ObjectArrived("v1")).after
    assert (after.status, after.attempt, after.lease_until) == (Status.PROCESSING, 2, LATER + LEASE)
    assert after.failures == 2


def test_another_attempt_adds_no_history_entry() -> None:
    document = a_processing_document(lease_until=None)
    assert change_status(document, ObjectArrived("v1")).after.history == document.history


def test_an_event_after_the_last_attempt_fails_the_document() -> None:
    transition = change_status(
        a_processing_document(failures=MAX_ATTEMPTS, lease_until=LATER), ObjectArrived("v1")
    )
    assert (transition.after.status, transition.after.reason) == (Status.FAILED, "attempts_exhausted")
    assert transition.open_uploads == -1


def test_a_held_lease_protects_the_last_attempt_too() -> None:
    document = a_processing_document(failures=MAX_ATTEMPTS, lease_until=LATER + LEASE)
    assert decide(document, ObjectArrived("v1"), LATER) is Ignored.LEASED


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED])
def test_a_second_version_is_orphaned(status: Status) -> None:
    document = a_document(status=status, staged_version="v1", attempt=1)
    assert decide(document, ObjectArrived("v2"), LATER) is Ignored.ORPHANED_VERSION


@pytest.mark.parametrize("status", [Status.READY, Status.REJECTED])
def test_the_version_of_a_finished_document_is_orphaned(status: Status) -> None:
    assert decide(a_document_at_rest(status), ObjectArrived("v1"), LATER) is Ignored.ORPHANED_VERSION


@pytest.mark.parametrize("status", [Status.ABORTED, Status.EXPIRED])
def test_bytes_that_arrive_after_the_end_of_the_upload_are_orphaned(status: Status) -> None:
    assert decide(a_document(status=status), ObjectArrived("v1"), LATER) is Ignored.ORPHANED_VERSION


def test_the_version_of_a_failed_document_stays_for_an_operator() -> None:
    assert decide(a_document_at_rest(Status.FAILED), ObjectArrived("v1"), LATER) is Ignored.ALREADY_APPLIED


def test_promotion_makes_the_document_ready_with_the_detected_type() -> None:
    after = change_status(a_processing_document(), Promoted(1, "image/png", SHA256, "d1")).after
    assert after.status is Status.READY
    assert (after.content_type, after.sha256, after.stored_version) == ("image/png", SHA256, "d1")
    assert after.lease_until is None


def test_a_ready_document_keeps_its_reservation_and_is_not_open() -> None:
    transition = change_status(a_processing_document(), Promoted(1, "image/png", SHA256, "d1"))
    assert (transition.reserved_bytes, transition.open_uploads) == (0, -1)
    assert transition.after.reserved_bytes == transition.before.reserved_bytes > 0


def test_a_rejection_records_its_reason_and_the_detected_type() -> None:
    after = change_status(a_processing_document(), InspectionFailed(1, "type_mismatch", "text/html")).after
    assert (after.status, after.reason, after.content_type) == (Status.REJECTED, "type_mismatch", "text/html")
    assert after.history[-1] == HistoryEntry(Status.REJECTED, LATER, "type_mismatch")
    assert after.lease_until is None


def test_a_rejected_document_releases_its_reservation() -> None:
    document = a_processing_document(size=70)
    transition = change_status(document, InspectionFailed(1, "size_mismatch"))
    assert (transition.reserved_bytes, transition.open_uploads, transition.after.reserved_bytes) == (
        -70,
        -1,
        0,
    )


def test_an_attempt_is_left_after_the_fourth_failure() -> None:
    document = a_processing_document(failures=MAX_ATTEMPTS - 1, lease_until=LATER)
    assert change_status(document, AttemptFailed(1)).after.status is Status.PROCESSING
    assert change_status(document, ObjectArrived("v1")).after.failures == MAX_ATTEMPTS


def test_a_copy_in_parts_is_remembered_until_it_is_done() -> None:
    started = change_status(a_processing_document(), CopyStarted(1, "copy-1")).after
    assert (started.copy_upload_id, started.status, started.lease_until) == (
        "copy-1",
        Status.PROCESSING,
        NOW + LEASE,
    )
    assert change_status(started, Promoted(1, "image/png", None, "d1")).after.copy_upload_id is None


def test_a_pause_ends_the_lease_and_is_no_failure() -> None:
    after = change_status(
        a_processing_document(failures=MAX_ATTEMPTS, copy_upload_id="copy-1"), CopyPaused(1)
    ).after
    assert (after.status, after.lease_until, after.failures) == (Status.PROCESSING, None, 0)
    assert after.copy_upload_id == "copy-1"


def test_a_failed_attempt_ends_its_lease_and_stays_in_processing() -> None:
    transition = change_status(a_processing_document(), AttemptFailed(1))
    assert (transition.after.status, transition.after.lease_until) == (Status.PROCESSING, None)
    assert (transition.after.attempt, transition.reserved_bytes, transition.open_uploads) == (1, 0, 0)


def test_the_last_failed_attempt_fails_the_document_and_keeps_its_reservation() -> None:
    transition = change_status(a_processing_document(attempt=9, failures=MAX_ATTEMPTS), AttemptFailed(9))
    assert (transition.after.status, transition.after.reason) == (Status.FAILED, "attempts_exhausted")
    assert transition.after.lease_until is None
    assert (transition.reserved_bytes, transition.open_uploads) == (0, -1)
    assert transition.after.reserved_bytes == transition.before.reserved_bytes > 0


def test_an_operator_can_redrive_a_failed_document() -> None:
    failed = change_status(a_processing_document(failures=MAX_ATTEMPTS), AttemptFailed(1)).after
    transition = change_status(failed, RedriveRequested())
    assert (transition.after.status, transition.after.failures) == (Status.PROCESSING, 0)
    assert transition.open_uploads == 1
    assert transition.after.next_check_at == LATER
    assert change_status(transition.after, ObjectArrived("v1")).after.attempt == failed.attempt + 1
    assert decide(transition.after, RedriveRequested(), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize("reason", ["object_gone", None])
def test_a_document_without_its_bytes_cannot_be_redriven(reason: str | None) -> None:
    for status in STOPPED:
        document = replace(a_document_at_rest(status), reason=reason)
        assert decide(document, RedriveRequested(), LATER) is Ignored.WRONG_STATE


@pytest.mark.parametrize("event", ending(attempt=1))
def test_a_stale_attempt_changes_nothing(event: Event) -> None:
    assert decide(a_processing_document(attempt=2), event, LATER) is Ignored.STALE_ATTEMPT


@pytest.mark.parametrize("event", ending(attempt=1))
@pytest.mark.parametrize("status", [Status.PENDING, Status.COMPLETING, *STOPPED])
def test_an_attempt_changes_nothing_in_any_state_but_processing(status: Status, event: Event) -> None:
    assert decide(a_document(status=status, attempt=1), event, LATER) is Ignored.STALE_ATTEMPT


def test_every_change_of_status_is_in_the_history_with_its_time() -> None:
    claimed = change_status(a_document(), ObjectArrived("v1")).after
    ready = change_status(claimed, Promoted(1, "image/png", SHA256, "d1")).after
    assert ready.history == (
        HistoryEntry(Status.PENDING, NOW),
        HistoryEntry(Status.PROCESSING, LATER),
        HistoryEntry(Status.READY, LATER),
    )
    assert ready.updated_at == LATER
