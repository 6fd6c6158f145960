"""The state machine once bytes arrive: attempts, the ends of runs, and what workers say. Every transition and every refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    AttemptOutcome,
    Event,
    Ignored,
    ObjectArrived,
    ObjectMissing,
    RedriveRequested,
    ResultArrived,
    StepReported,
    Transition,
)
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.states import decide
from functions.domain.steps import StepRecord
from tests.domain.step_examples import (
    RESUME_AT,
    SHA256,
    a_passed_step,
    a_rejected_step,
    a_render_step,
    a_waiting_step,
    an_end,
)
from tests.examples import NOW, a_completing_document, a_document, a_document_at_rest, a_processing_document

LATER = NOW + timedelta(minutes=2)
A_MOMENT = timedelta(microseconds=1)
STOPPED = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)
BUILT_IN = (a_passed_step("size"), a_passed_step("type", facts={"contentType": "image/png"}))
each_end = pytest.mark.parametrize("event", [an_end(outcome) for outcome in AttemptOutcome])


def change_status(document: Document, event: Event) -> Transition:
    decision = decide(document, event, LATER)
    assert isinstance(decision, Transition)
    return decision


def a_suspended_document(*steps: StepRecord, **changes: object) -> Document:
    """A document whose step `check`, unless `steps` are given, waits for its worker until RESUME_AT."""
    values = {"steps": steps or (a_waiting_step(),), "lease_until": None, "failures": 0} | changes
    return a_processing_document(**values)


def a_result(**changes: object) -> ResultArrived:
    """A verdict of the step `check` on the bytes alone."""
    values = {"step": "check", "version": "v1", "attempt": 1, "has_facts": False} | changes
    return ResultArrived(**values)  # type: ignore[arg-type]


def a_report(**changes: object) -> StepReported:
    values = {"step": "check", "version": "v1", "attempt": 1, "detail": "Half done."} | changes
    values = {"resume_at": LATER + timedelta(hours=1), "keeps_token": True} | values
    return StepReported(**values)  # type: ignore[arg-type]


def test_an_event_moves_a_pending_document_to_processing_and_leases_it() -> None:
    after = change_status(a_document(), ObjectArrived("v1")).after
    assert after.status is Status.PROCESSING
    assert (after.staged_version, after.attempt, after.lease_until) == ("v1", 1, LATER + LEASE)
    assert after.failures == 1


def test_an_event_moves_a_completing_document_to_processing() -> None:
    after = change_status(a_completing_document(lease_until=LATER + LEASE), ObjectArrived("v1")).after
    assert (after.status, after.staged_version, after.attempt) == (Status.PROCESSING, "v1", 2)
    assert (after.failures, after.lease_until) == (1, LATER + LEASE)


def test_an_upload_is_no_longer_open_when_its_bytes_arrive_and_keeps_its_reservation() -> None:
    for document in (a_document(), a_completing_document()):
        transition = change_status(document, ObjectArrived("v1"))
        assert (transition.reserved_bytes, transition.open_uploads) == (0, -1)
        assert transition.after.reserved_bytes == document.reserved_bytes > 0


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
    assert (transition.after.lease_until, transition.open_uploads) == (None, 0)


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


def test_an_event_waits_for_the_worker_of_a_step_until_its_time_is_over() -> None:
    document = a_suspended_document()
    assert decide(document, ObjectArrived("v1"), RESUME_AT - A_MOMENT) is Ignored.WAITING
    assert isinstance(decide(document, ObjectArrived("v1"), RESUME_AT), Transition)
    assert decide(document, ObjectArrived("v2"), LATER) is Ignored.ORPHANED_VERSION


def test_an_event_of_a_failed_document_changes_nothing_even_after_a_delete() -> None:
    history = (HistoryEntry(Status.FAILED, NOW), HistoryEntry(Status.DELETED, NOW))
    deleted = replace(a_document_at_rest(Status.DELETED), history=history)
    assert decide(deleted, ObjectArrived("v1"), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize(
    ("document", "version", "expected"),
    [
        (a_suspended_document(), "v1", Status.FAILED),
        (a_suspended_document(), "v2", Ignored.ALREADY_APPLIED),
        (a_processing_document(), "v1", Ignored.LEASED),
        (a_document(), "v1", Ignored.ALREADY_APPLIED),
        *((a_document_at_rest(status), "v1", Ignored.ALREADY_APPLIED) for status in STOPPED),
    ],
)
def test_a_document_whose_bytes_are_gone_fails_and_releases_its_reservation(
    document: Document, version: str, expected: Status | Ignored
) -> None:
    decision = decide(document, ObjectMissing(version), LATER)
    if isinstance(decision, Ignored):
        assert decision is expected
        return
    assert (decision.after.status, decision.after.reason) == (expected, "object_gone")
    assert (decision.after.reserved_bytes, decision.after.steps) == (0, ())


@pytest.mark.parametrize(
    ("outcome", "status", "reason", "failures"),
    [
        (AttemptOutcome.COMPLETED, Status.READY, None, 2),
        (AttemptOutcome.REJECTED, Status.REJECTED, "type_mismatch", 2),
        (AttemptOutcome.SUSPENDED, Status.PROCESSING, None, 0),
        (AttemptOutcome.TIMED_OUT, Status.FAILED, "step_timed_out", 2),
        (AttemptOutcome.UNAVAILABLE, Status.PROCESSING, None, 1),
        (AttemptOutcome.CRASHED, Status.PROCESSING, None, 2),
    ],
)
def test_the_end_of_a_run_ends_its_lease_and_counts_only_what_the_file_may_have_caused(
    outcome: AttemptOutcome, status: Status, reason: str | None, failures: int
) -> None:
    before = a_processing_document(failures=2)
    transition = change_status(before, an_end(outcome))
    after = transition.after
    assert (after.status, after.reason, after.failures) == (status, reason, failures)
    assert (after.lease_until, after.attempt, transition.open_uploads) == (None, 1, 0)
    assert after.history == (
        before.history
        if status is Status.PROCESSING
        else (*before.history, HistoryEntry(status, LATER, reason))
    )


def test_a_completed_run_records_what_is_stored() -> None:
    after = change_status(a_processing_document(), an_end(AttemptOutcome.COMPLETED)).after
    assert (after.content_type, after.sha256, after.stored_version) == ("image/png", SHA256, "d1")


def test_a_rejected_run_records_the_detected_type_and_stores_nothing() -> None:
    after = change_status(a_processing_document(), an_end(AttemptOutcome.REJECTED)).after
    assert (after.content_type, after.stored_version, after.reserved_bytes) == ("text/html", None, 0)


@pytest.mark.parametrize(
    ("outcome", "changes", "expected"),
    [
        (AttemptOutcome.COMPLETED, {}, 70 + 2 * 30),
        (AttemptOutcome.COMPLETED, {"stored_version": None}, 2 * 30),
        (AttemptOutcome.SUSPENDED, {}, 70 + 2 * 30),
        (AttemptOutcome.TIMED_OUT, {}, 70),
        (AttemptOutcome.UNAVAILABLE, {"steps": ()}, 100),
        (AttemptOutcome.REJECTED, {}, 0),
    ],
)
def test_reserved_bytes_are_those_that_are_kept_with_renditions(
    outcome: AttemptOutcome, changes: dict[str, Any], expected: int
) -> None:
    """The document has 70 bytes, and a rendition of 30 from an earlier run. This run makes a second one."""
    document = a_suspended_document(a_render_step("thumb"), size=70, reserved_bytes=100)
    end = an_end(outcome, **{"steps": (a_render_step("thumb", "large"),)} | changes)
    transition = change_status(document, end)
    assert (transition.after.reserved_bytes, transition.reserved_bytes) == (expected, expected - 100)


@pytest.mark.parametrize(
    ("outcome", "kept", "has_facts"),
    [
        (AttemptOutcome.COMPLETED, ["render"], True),
        (AttemptOutcome.REJECTED, ["render"], False),
        (AttemptOutcome.SUSPENDED, ["size", "type", "render"], True),
        (AttemptOutcome.TIMED_OUT, ["size", "type", "render"], False),
    ],
)
def test_steps_are_kept_as_far_as_the_status_does_not_say_them_and_facts_as_long_as_they_hold(
    outcome: AttemptOutcome, kept: list[str], has_facts: bool
) -> None:
    end = an_end(outcome, steps=(*BUILT_IN, a_render_step("thumb")))
    after = change_status(a_processing_document(), end).after
    assert [step.name for step in after.steps] == kept
    assert any(step.facts for step in after.steps) == bool(after.renditions) == has_facts


def test_an_attempt_is_left_after_the_fourth_failure() -> None:
    document = a_processing_document(failures=MAX_ATTEMPTS - 1, lease_until=LATER)
    assert change_status(document, an_end(AttemptOutcome.CRASHED)).after.status is Status.PROCESSING
    assert change_status(document, ObjectArrived("v1")).after.failures == MAX_ATTEMPTS


@pytest.mark.parametrize("event", [an_end(AttemptOutcome.CRASHED, 9), a_result(), ObjectArrived("v1")])
def test_after_the_last_crash_a_document_fails_and_keeps_its_bytes_and_steps(event: Event) -> None:
    steps = (a_waiting_step(resume_at=LATER), a_render_step("thumb"))
    document = a_suspended_document(*steps, attempt=9, failures=MAX_ATTEMPTS)
    after = change_status(document, event).after
    assert (after.status, after.reason) == (Status.FAILED, "attempts_exhausted")
    assert (after.lease_until, after.reserved_bytes) == (None, document.size)
    assert [(step.name, dict(step.facts)) for step in after.steps] == [("check", {}), ("render", {})]


@pytest.mark.parametrize("end", [AttemptOutcome.CRASHED, AttemptOutcome.TIMED_OUT])
def test_an_operator_can_redrive_a_failed_document_whose_steps_then_run_again(end: AttemptOutcome) -> None:
    document = a_processing_document(failures=MAX_ATTEMPTS, steps=(a_passed_step(),))
    failed = change_status(document, an_end(end)).after
    assert failed.status is Status.FAILED
    transition = change_status(failed, RedriveRequested())
    redriven = transition.after
    assert (redriven.status, redriven.failures, redriven.steps) == (Status.PROCESSING, 0, ())
    assert (transition.reserved_bytes, transition.open_uploads) == (0, 0)
    assert redriven.next_check_at == LATER
    assert change_status(redriven, ObjectArrived("v1")).after.attempt == failed.attempt + 1
    assert decide(redriven, RedriveRequested(), LATER) is Ignored.ALREADY_APPLIED


@pytest.mark.parametrize("reason", ["object_gone", None])
def test_a_document_without_its_bytes_cannot_be_redriven(reason: str | None) -> None:
    for status in STOPPED:
        document = replace(a_document_at_rest(status), reason=reason)
        assert decide(document, RedriveRequested(), LATER) is Ignored.WRONG_STATE


@each_end
def test_a_stale_attempt_changes_nothing(event: Event) -> None:
    assert decide(a_processing_document(attempt=2), event, LATER) is Ignored.STALE_ATTEMPT


@each_end
@pytest.mark.parametrize("status", [Status.PENDING, Status.COMPLETING, *STOPPED])
def test_an_attempt_changes_nothing_in_any_state_but_processing(status: Status, event: Event) -> None:
    assert decide(a_document(status=status, attempt=1), event, LATER) is Ignored.STALE_ATTEMPT


@pytest.mark.parametrize("document", [a_document(), a_completing_document()])
def test_a_verdict_on_the_bytes_may_come_before_the_event_of_s3(document: Document) -> None:
    transition = change_status(document, a_result(attempt=0))
    after = transition.after
    assert (after.status, after.staged_version, after.failures) == (Status.PROCESSING, "v1", 1)
    assert (after.lease_until, transition.open_uploads) == (LATER + LEASE, -1)
    assert decide(document, a_result(has_facts=True), LATER) is Ignored.STALE_ATTEMPT


@pytest.mark.parametrize(
    ("document", "result", "expected"),
    [
        (a_suspended_document(), a_result(), 2),
        (a_suspended_document(), a_result(has_facts=True), 2),
        # A verdict on the bytes holds for every attempt, facts only for the latest task.
        (a_suspended_document(attempt=3), a_result(attempt=2), 4),
        (a_suspended_document(attempt=3), a_result(attempt=1, has_facts=True), 4),
        (a_suspended_document(attempt=3), a_result(attempt=3, has_facts=True), Ignored.STALE_ATTEMPT),
        (a_suspended_document(a_waiting_step("render")), a_result(has_facts=True), Ignored.STALE_ATTEMPT),
        # A verdict may come before the turn of its step.
        (a_suspended_document(a_waiting_step("render")), a_result(), 2),
        (a_suspended_document(a_passed_step()), a_result(), Ignored.ALREADY_APPLIED),
        (a_suspended_document(a_rejected_step()), a_result(has_facts=True), Ignored.ALREADY_APPLIED),
        (a_suspended_document(lease_until=LATER + LEASE), a_result(), Ignored.LEASED),
        (a_suspended_document(), a_result(version="v2"), Ignored.STALE_ATTEMPT),
        (a_suspended_document(a_passed_step()), a_result(version="v2"), Ignored.STALE_ATTEMPT),
        *((a_document_at_rest(status), a_result(), Ignored.STALE_ATTEMPT) for status in STOPPED),
    ],
)
def test_the_result_of_a_worker_starts_an_attempt_or_is_ignored(
    document: Document, result: ResultArrived, expected: int | Ignored
) -> None:
    decision = decide(document, result, LATER)
    if isinstance(decision, Ignored):
        assert decision is expected
        return
    after = decision.after
    assert (after.attempt, after.lease_until) == (expected, LATER + LEASE)
    # Only the end of the run says that the step has passed.
    assert (after.status, after.steps) == (Status.PROCESSING, document.steps)


@pytest.mark.parametrize(("keeps_token", "token"), [(True, "copy-1"), (False, None)])
def test_a_report_shows_its_detail_and_starts_the_deadline_of_its_step_anew(
    keeps_token: bool, token: str | None
) -> None:
    waiting = a_waiting_step(tries=3, token="copy-1")
    document = a_suspended_document(a_passed_step("first"), waiting)
    report = a_report(keeps_token=keeps_token)
    after = change_status(document, report).after
    expected = replace(
        waiting, at=LATER, detail="Half done.", resume_at=report.resume_at, tries=0, token=token
    )
    assert after.steps == (a_passed_step("first"), expected)
    assert after.next_check_at == report.resume_at
    assert (after.attempt, after.failures, after.history) == (1, 0, document.history)


@pytest.mark.parametrize(
    ("document", "report"),
    [
        (a_suspended_document(), a_report(version="v2")),
        (a_suspended_document(), a_report(attempt=2)),
        (a_suspended_document(), a_report(step="render")),
        (a_suspended_document(a_passed_step()), a_report()),
        *((a_document(status=status), a_report()) for status in Status if status is not Status.PROCESSING),
    ],
)
def test_a_report_of_another_version_attempt_or_step_changes_nothing(
    document: Document, report: StepReported
) -> None:
    assert decide(document, report, LATER) is Ignored.STALE_ATTEMPT


def test_every_change_of_status_is_in_the_history_with_its_time() -> None:
    claimed = change_status(a_document(), ObjectArrived("v1")).after
    ready = change_status(claimed, an_end(AttemptOutcome.COMPLETED)).after
    assert ready.history == (
        HistoryEntry(Status.PENDING, NOW),
        HistoryEntry(Status.PROCESSING, LATER),
        HistoryEntry(Status.READY, LATER),
    )
    assert ready.updated_at == LATER
