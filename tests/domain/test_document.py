"""Derived properties of a document: its statuses, its part plan and the time of its next check."""

from datetime import datetime, timedelta

import pytest

from functions.domain.document import IN_PROGRESS, PURGED_STATUSES, Document, HistoryEntry, Status
from functions.domain.parts import PartPlan
from functions.domain.steps import StepRecord
from tests.domain.step_examples import (
    RESUME_AT,
    a_passed_step,
    a_rejected_step,
    a_render_step,
    a_waiting_step,
)
from tests.examples import NOW, OWNER, a_document, a_processing_document, an_id

LEASE_END, DEADLINE, PURGE_TIME = (NOW + timedelta(hours=hours) for hours in (1, 2, 3))
AT_REST = [Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED, Status.PURGED]


def a_document_with(*statuses: Status, reason: str | None = None, **changes: object) -> Document:
    """A document in the last of `statuses`, the history of which has an hour between two entries."""
    history = tuple(
        HistoryEntry(status, NOW + hour * timedelta(hours=1), reason if status is Status.REJECTED else None)
        for hour, status in enumerate(statuses)
    )
    return a_document(status=statuses[-1], reason=history[-1].reason, history=history, **changes)


def test_clients_see_completing_as_processing_and_every_other_status_as_it_is() -> None:
    changed = {status: status.public_status for status in Status if status.public_status is not status}
    assert changed == {Status.COMPLETING: Status.PROCESSING}


def test_every_status_is_in_progress_or_purged_as_its_set_says() -> None:
    documents = [a_document(status=status) for status in Status]
    assert {document.status for document in documents if document.is_in_progress} == IN_PROGRESS
    assert {document.status for document in documents if document.is_purged} == PURGED_STATUSES


def test_a_deleted_document_has_the_effective_status_that_a_restore_brings_back() -> None:
    history = tuple(HistoryEntry(status, NOW) for status in (Status.PENDING, Status.READY, Status.DELETED))
    assert a_document(status=Status.DELETED, history=history).effective_status is Status.READY
    assert a_document(status=Status.FAILED, history=history).effective_status is Status.FAILED


@pytest.mark.parametrize(
    ("status", "lease", "expected"),
    [
        (Status.PENDING, None, DEADLINE),
        (Status.PENDING, LEASE_END, LEASE_END),
        (Status.COMPLETING, LEASE_END, LEASE_END),
        (Status.COMPLETING, None, NOW),
        (Status.PROCESSING, LEASE_END, LEASE_END),
        (Status.PROCESSING, None, NOW),
        (Status.PURGING, LEASE_END, LEASE_END),
        (Status.DELETED, None, PURGE_TIME),
        *((status, LEASE_END, None) for status in AT_REST),
    ],
)
def test_the_next_check_is_at_the_end_of_the_lease_the_upload_or_the_restore_window(
    status: Status, lease: datetime | None, expected: datetime | None
) -> None:
    document = a_document(
        status=status, lease_until=lease, upload_deadline=DEADLINE, purge_after=PURGE_TIME, updated_at=NOW
    )
    assert document.next_check_at == expected


def test_the_plan_of_a_single_put_has_one_part() -> None:
    assert a_document(size=25).plan == PartPlan(25, 25)
    assert a_document(size=25, part_size=10).plan.part_count == 3


@pytest.mark.parametrize(("area", "key"), [("", f"staging/{OWNER}/"), ("scan/", f"staging/scan/{OWNER}/")])
def test_the_staging_key_is_in_the_area_of_the_document(area: str, key: str) -> None:
    document = a_document(staging_area=area)
    assert document.staging_key == key + an_id()
    assert document.documents_key == f"documents/{OWNER}/{an_id()}"


@pytest.mark.parametrize(
    ("lease", "steps", "expected"),
    [
        (None, (a_waiting_step(),), RESUME_AT),
        (LEASE_END, (a_waiting_step(),), LEASE_END),
        (None, (a_passed_step("first"), a_waiting_step()), RESUME_AT),
        (None, (a_passed_step(),), NOW),
    ],
)
def test_the_next_check_of_a_suspended_document_is_when_its_step_runs_again(
    lease: datetime | None, steps: tuple[StepRecord, ...], expected: datetime
) -> None:
    assert a_processing_document(lease_until=lease, steps=steps).next_check_at == expected


def test_only_a_document_in_progress_waits_for_its_first_waiting_step() -> None:
    steps = (a_passed_step("first"), a_waiting_step("second"), a_waiting_step("third"))
    assert a_processing_document(steps=steps).waiting_step == steps[1]
    assert a_processing_document(steps=steps[:1]).waiting_step is None
    assert a_document(status=Status.FAILED, steps=steps).waiting_step is None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (a_document_with(Status.PENDING), None),
        # A completion that failed leaves no history entry, and its document is pending again.
        (a_document_with(Status.PENDING, updated_at=NOW + timedelta(hours=9)), None),
        (a_document_with(Status.PENDING, Status.ABORTED), NOW + timedelta(hours=1)),
        (a_document_with(Status.PENDING, Status.PROCESSING, Status.READY), NOW + timedelta(hours=1)),
        (
            a_document(status=Status.COMPLETING, updated_at=NOW + timedelta(hours=9)),
            NOW + timedelta(hours=9),
        ),
    ],
)
def test_a_document_left_pending_with_its_second_history_entry(
    document: Document, expected: datetime | None
) -> None:
    assert document.left_pending_at == expected


def list_steps(document: Document) -> list[tuple[str, str, int]]:
    """Returns name, status and hour of each step that the API shows."""
    return [(step.name, step.status.value, (step.at - NOW).seconds // 3600) for step in document.shown_steps]


PROCESSED = (Status.PENDING, Status.PROCESSING)
PASSED = [("size", "passed", 2), ("type", "passed", 2)]


@pytest.mark.parametrize(
    "later", [(), (Status.DELETED,), (Status.DELETED, Status.READY)], ids=["ready", "deleted", "restored"]
)
def test_a_ready_document_shows_every_step_at_the_time_of_its_checks(later: tuple[Status, ...]) -> None:
    document = a_document_with(*PROCESSED, Status.READY, *later, steps=(a_passed_step(),))
    assert list_steps(document) == [*PASSED, ("check", "passed", 0), ("promote", "passed", 2)]


@pytest.mark.parametrize(
    "later",
    [(), (Status.DELETED,), (Status.DELETED, Status.REJECTED)],
    ids=["rejected", "deleted", "restored"],
)
def test_a_rejected_document_shows_its_steps_up_to_the_one_that_rejected_it(
    later: tuple[Status, ...],
) -> None:
    statuses = (*PROCESSED, Status.REJECTED, *later)
    by_type = a_document_with(*statuses, reason="type_mismatch")
    assert list_steps(by_type) == [("size", "passed", 2), ("type", "rejected", 2)]
    by_worker = a_document_with(*statuses, reason="step_rejected", steps=(a_rejected_step(),))
    assert list_steps(by_worker) == [*PASSED, ("check", "rejected", 0)]


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.FAILED])
def test_a_document_without_a_verdict_shows_the_steps_of_its_record(status: Status) -> None:
    steps = (a_passed_step("size"), a_passed_step("type"), a_waiting_step())
    assert a_document_with(*PROCESSED, status, steps=steps).shown_steps == steps
    assert a_document_with(Status.PENDING).shown_steps == ()


def test_the_renditions_of_a_document_are_those_of_its_steps() -> None:
    assert [each.name for each in a_document(steps=(a_render_step("thumb", "large"),)).renditions] == [
        "thumb",
        "large",
    ]
