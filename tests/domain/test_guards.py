"""The guards of transitions at their limits."""

from datetime import timedelta

import pytest

from functions.domain.document import Status
from functions.domain.events import AttemptOutcome, ObjectArrived
from functions.domain.guards import (
    MAX_ATTEMPTS,
    ended,
    has_lease,
    is_final_failure,
    is_out_of_attempts,
    is_past_deadline,
    is_past_purge,
    is_waiting,
)
from tests.domain.step_examples import RESUME_AT, a_passed_step, a_waiting_step, an_end
from tests.examples import NOW, a_document, a_processing_document

A_MOMENT = timedelta(microseconds=1)


def test_a_lease_holds_until_its_last_moment() -> None:
    document = a_document(lease_until=NOW)
    assert has_lease(document, NOW - A_MOMENT)
    assert not has_lease(document, NOW)
    assert not has_lease(a_document(lease_until=None), NOW)


def test_the_fifth_attempt_without_progress_is_the_last() -> None:
    assert MAX_ATTEMPTS == 5
    assert not is_out_of_attempts(a_document(failures=4), None, NOW)
    assert is_out_of_attempts(a_document(failures=5), None, NOW)


def test_a_deadline_and_a_purge_are_over_at_their_own_moment() -> None:
    document = a_document(upload_deadline=NOW, purge_after=NOW)
    assert is_past_deadline(document, None, NOW)
    assert not is_past_deadline(document, None, NOW - A_MOMENT)
    assert is_past_purge(document, None, NOW)
    assert not is_past_purge(document, None, NOW - A_MOMENT)


def test_a_document_waits_for_a_step_until_the_step_runs_again() -> None:
    event = ObjectArrived("v1")
    document = a_processing_document(steps=(a_passed_step("first"), a_waiting_step()))
    assert is_waiting(document, event, RESUME_AT - A_MOMENT)
    assert not is_waiting(document, event, RESUME_AT)
    assert not is_waiting(a_processing_document(steps=(a_passed_step(),)), event, NOW)
    assert not is_waiting(a_document(status=Status.FAILED, steps=(a_waiting_step(),)), event, NOW)


def test_a_document_waits_for_no_step_that_its_kind_has_no_longer() -> None:
    document = a_processing_document(steps=(a_passed_step("first"), a_waiting_step()))
    [*_, waiting] = document.steps
    assert is_waiting(document, ObjectArrived("v1", kind_steps=frozenset({"first", waiting.name})), NOW)
    assert not is_waiting(document, ObjectArrived("v1", kind_steps=frozenset({"first"})), NOW)


@pytest.mark.parametrize("outcome", AttemptOutcome)
def test_a_guard_of_an_outcome_holds_for_that_outcome_only(outcome: AttemptOutcome) -> None:
    holding = [each for each in AttemptOutcome if ended(each)(a_document(), an_end(outcome), NOW)]
    assert holding == [outcome]
    assert ended(outcome).__name__ == f"has_{outcome.name.lower()}"


@pytest.mark.parametrize(
    ("reason", "is_final"),
    [("attempts_exhausted", False), ("step_timed_out", False), ("object_gone", True), (None, True)],
)
def test_a_failure_is_final_unless_another_attempt_may_cure_it(reason: str | None, is_final: bool) -> None:
    assert is_final_failure(a_document(status=Status.FAILED, reason=reason), None, NOW) == is_final
