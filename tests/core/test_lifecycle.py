"""Every transition and every refusal of the state machine once bytes arrive, as sentences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.document import Document, Status, Step
from functions.core.events import (
    Arrived,
    AttemptFailed,
    CopyStarted,
    Event,
    Paused,
    Promoted,
    RedriveOrdered,
    Refusal,
    Refused,
    Transition,
)
from functions.core.lifecycle import LEASE, MAX_ATTEMPTS, decide
from tests.documents_in_life import completing, processing, stopped
from tests.examples import NOW, a_document

LATER = NOW + timedelta(minutes=2)
A_MOMENT = timedelta(microseconds=1)
SHA256 = "ab" * 32
STOPPED = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)


def moved(document: Document, event: Event) -> Transition:
    decision = decide(document, event, LATER)
    assert isinstance(decision, Transition)
    return decision


def ending(attempt: int) -> list[Event]:
    """Every way in which an attempt can end."""
    return [
        Refused(attempt, "type_mismatch"),
        Promoted(attempt, "image/png", SHA256, "d1"),
        AttemptFailed(attempt),
    ]


def test_arrival_moves_a_pending_document_to_processing_and_claims_it() -> None:
    after = moved(a_document(), Arrived("v1")).after
    assert after.status is Status.PROCESSING
    assert (after.staged_version, after.attempt, after.lease_until) == ("v1", 1, LATER + LEASE)
    assert after.failures == 1


def test_arrival_of_what_was_completed_moves_to_processing_even_while_the_call_to_complete_goes_on() -> None:
    after = moved(completing(lease_until=LATER + LEASE), Arrived("v1")).after
    assert (after.status, after.staged_version, after.attempt) == (Status.PROCESSING, "v1", 2)
    assert (after.failures, after.lease_until) == (1, LATER + LEASE)


def test_arrival_changes_nothing_of_the_owners_usage() -> None:
    transition = moved(a_document(), Arrived("v1"))
    assert (transition.charged, transition.open_uploads) == (0, 0)
    assert transition.after.charged == transition.before.charged


def test_bytes_that_arrive_after_the_deadline_of_a_pending_document_still_count() -> None:
    assert moved(a_document(deadline=NOW), Arrived("v1")).after.status is Status.PROCESSING


def test_arrival_of_the_same_version_waits_while_the_lease_is_held() -> None:
    document = processing(lease_until=LATER + A_MOMENT)
    assert decide(document, Arrived("v1"), LATER) is Refusal.LEASED


def test_arrival_of_the_same_version_claims_again_when_the_lease_is_over() -> None:
    after = moved(processing(lease_until=LATER), Arrived("v1")).after
    assert (after.status, after.attempt, after.lease_until) == (Status.PROCESSING, 2, LATER + LEASE)
    assert after.failures == 2


def test_a_new_claim_is_no_new_step_of_the_history() -> None:
    document = processing(lease_until=None)
    assert moved(document, Arrived("v1")).after.history == document.history


def test_arrival_after_the_last_attempt_gives_up() -> None:
    transition = moved(processing(failures=MAX_ATTEMPTS, lease_until=LATER), Arrived("v1"))
    assert (transition.after.status, transition.after.reason) == (Status.FAILED, "attempts_exhausted")
    assert transition.open_uploads == -1


def test_a_held_lease_protects_the_last_attempt_too() -> None:
    document = processing(failures=MAX_ATTEMPTS, lease_until=LATER + LEASE)
    assert decide(document, Arrived("v1"), LATER) is Refusal.LEASED


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY, Status.REJECTED, Status.FAILED])
def test_a_second_version_is_superfluous(status: Status) -> None:
    document = a_document(status=status, staged_version="v1", attempt=1)
    assert decide(document, Arrived("v2"), LATER) is Refusal.SUPERFLUOUS


@pytest.mark.parametrize("status", [Status.READY, Status.REJECTED])
def test_the_version_of_a_finished_document_is_superfluous(status: Status) -> None:
    assert decide(stopped(status), Arrived("v1"), LATER) is Refusal.SUPERFLUOUS


@pytest.mark.parametrize("status", [Status.ABORTED, Status.EXPIRED])
def test_bytes_that_arrive_after_the_end_of_the_upload_are_superfluous(status: Status) -> None:
    assert decide(a_document(status=status), Arrived("v1"), LATER) is Refusal.SUPERFLUOUS


def test_the_version_of_a_failed_document_stays_for_an_operator() -> None:
    assert decide(stopped(Status.FAILED), Arrived("v1"), LATER) is Refusal.DONE_ALREADY


def test_promotion_makes_the_document_ready_with_what_was_found() -> None:
    after = moved(processing(), Promoted(1, "image/png", SHA256, "d1")).after
    assert after.status is Status.READY
    assert (after.content_type, after.sha256, after.stored_version) == ("image/png", SHA256, "d1")
    assert after.lease_until is None


def test_a_ready_document_stays_charged_and_is_no_open_upload() -> None:
    transition = moved(processing(), Promoted(1, "image/png", SHA256, "d1"))
    assert (transition.charged, transition.open_uploads) == (0, -1)
    assert transition.after.charged == transition.before.charged > 0


def test_a_refusal_rejects_with_its_reason_and_with_the_type_that_was_found() -> None:
    after = moved(processing(), Refused(1, "type_mismatch", "text/html")).after
    assert (after.status, after.reason, after.content_type) == (Status.REJECTED, "type_mismatch", "text/html")
    assert after.history[-1] == Step(Status.REJECTED, LATER, "type_mismatch")
    assert after.lease_until is None


def test_a_rejected_document_releases_what_it_was_charged() -> None:
    document = processing(size=70)
    transition = moved(document, Refused(1, "size_mismatch"))
    assert (transition.charged, transition.open_uploads, transition.after.charged) == (-70, -1, 0)


def test_one_attempt_less_than_too_many_may_still_be_followed_by_another() -> None:
    document = processing(failures=MAX_ATTEMPTS - 1, lease_until=LATER)
    assert moved(document, AttemptFailed(1)).after.status is Status.PROCESSING
    assert moved(document, Arrived("v1")).after.failures == MAX_ATTEMPTS


def test_a_copy_in_parts_is_remembered_until_it_is_done() -> None:
    started = moved(processing(), CopyStarted(1, "copy-1")).after
    assert (started.copy_upload_id, started.status, started.lease_until) == (
        "copy-1",
        Status.PROCESSING,
        NOW + LEASE,
    )
    assert moved(started, Promoted(1, "image/png", None, "d1")).after.copy_upload_id is None


def test_a_pause_gives_the_lease_back_and_is_no_failure() -> None:
    after = moved(processing(failures=MAX_ATTEMPTS, copy_upload_id="copy-1"), Paused(1)).after
    assert (after.status, after.lease_until, after.failures) == (Status.PROCESSING, None, 0)
    assert after.copy_upload_id == "copy-1"


def test_a_failed_attempt_gives_its_lease_back_and_stays_in_processing() -> None:
    transition = moved(processing(), AttemptFailed(1))
    assert (transition.after.status, transition.after.lease_until) == (Status.PROCESSING, None)
    assert (transition.after.attempt, transition.charged, transition.open_uploads) == (1, 0, 0)


def test_the_last_failed_attempt_fails_the_document_which_stays_charged() -> None:
    transition = moved(processing(attempt=9, failures=MAX_ATTEMPTS), AttemptFailed(9))
    assert (transition.after.status, transition.after.reason) == (Status.FAILED, "attempts_exhausted")
    assert transition.after.lease_until is None
    assert (transition.charged, transition.open_uploads) == (0, -1)
    assert transition.after.charged == transition.before.charged > 0


def test_a_failed_document_is_tried_again_when_an_operator_says_so() -> None:
    failed = moved(processing(failures=MAX_ATTEMPTS), AttemptFailed(1)).after
    transition = moved(failed, RedriveOrdered())
    assert (transition.after.status, transition.after.failures) == (Status.PROCESSING, 0)
    assert transition.open_uploads == 1
    assert transition.after.due_at == LATER
    assert moved(transition.after, Arrived("v1")).after.attempt == failed.attempt + 1
    assert decide(transition.after, RedriveOrdered(), LATER) is Refusal.DONE_ALREADY


@pytest.mark.parametrize("reason", ["object_gone", None])
def test_without_its_bytes_nothing_is_tried_again(reason: str | None) -> None:
    for status in STOPPED:
        document = replace(stopped(status), reason=reason)
        assert decide(document, RedriveOrdered(), LATER) is Refusal.WRONG_STATE


@pytest.mark.parametrize("event", ending(attempt=1))
def test_an_attempt_that_was_overtaken_by_a_later_one_changes_nothing(event: Event) -> None:
    assert decide(processing(attempt=2), event, LATER) is Refusal.OVERTAKEN


@pytest.mark.parametrize("event", ending(attempt=1))
@pytest.mark.parametrize("status", [Status.PENDING, Status.COMPLETING, *STOPPED])
def test_an_attempt_changes_nothing_in_any_state_but_processing(status: Status, event: Event) -> None:
    assert decide(a_document(status=status, attempt=1), event, LATER) is Refusal.OVERTAKEN


def test_every_move_is_written_down_with_its_time() -> None:
    claimed = moved(a_document(), Arrived("v1")).after
    ready = moved(claimed, Promoted(1, "image/png", SHA256, "d1")).after
    assert ready.history == (
        Step(Status.PENDING, NOW),
        Step(Status.PROCESSING, LATER),
        Step(Status.READY, LATER),
    )
    assert ready.updated_at == LATER
