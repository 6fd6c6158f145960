"""Derived properties of a document: its statuses, its part plan and the time of its next check."""

from datetime import datetime, timedelta

import pytest

from functions.domain.document import IN_PROGRESS, PURGED_STATUSES, HistoryEntry, Status
from functions.domain.parts import PartPlan
from tests.examples import NOW, a_document

LEASE_END, DEADLINE, PURGE_TIME = (NOW + timedelta(hours=hours) for hours in (1, 2, 3))
AT_REST = [Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED, Status.PURGED]


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
