"""The effects of transitions: how long a lease lasts, and what a purge leaves of a record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import HistoryEntry, Status
from functions.domain.effects import COMPLETE_LEASE, LEASE, PURGE_LEASE, erase_content, uncount_attempt
from tests.domain.step_examples import a_passed_step
from tests.examples import NOW, a_document


def test_a_lease_lasts_as_long_as_a_function_can_run() -> None:
    """900 seconds: Lambda quotas, "Function timeout"."""
    assert timedelta(seconds=900) == LEASE


def test_a_lease_of_complete_outlasts_the_call_by_no_more_than_half_a_minute() -> None:
    """30 seconds: API Gateway quotas for HTTP APIs, "Maximum integration timeout"."""
    assert timedelta(seconds=30) < COMPLETE_LEASE <= timedelta(seconds=60)


def test_a_lease_of_a_purge_is_shorter_than_that_of_a_copy() -> None:
    assert PURGE_LEASE < LEASE


def test_a_purge_erases_everything_that_can_tell_about_a_person() -> None:
    history = (
        HistoryEntry(Status.PENDING, NOW, actor="ada"),
        HistoryEntry(Status.REJECTED, NOW, "type_mismatch"),
    )
    document = a_document(history=history, metadata={"patient": "Ada"}, declared_sha256="ab" * 32)
    document = replace(document, steps=(a_passed_step(detail="A scan of Ada's passport."),))
    changes = erase_content(document, None, NOW)
    erased = ("file_name", "title", "metadata", "declared_sha256", "sha256", "steps")
    assert {name: changes[name] for name in erased} == {
        "file_name": "",
        "title": "",
        "metadata": {},
        "declared_sha256": None,
        "sha256": None,
        "steps": (),
    }
    assert changes["history"] == (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.REJECTED, NOW))


@pytest.mark.parametrize(("failures", "left"), [(2, 1), (1, 0), (0, 0)])
def test_an_attempt_that_a_fault_stopped_is_uncounted_but_never_below_none(failures: int, left: int) -> None:
    assert uncount_attempt(a_document(failures=failures), None, NOW)["failures"] == left
