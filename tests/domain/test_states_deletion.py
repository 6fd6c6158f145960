"""The last part of the state machine: delete, restore, purge, as sentences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.effects import PURGE_LEASE, TOMBSTONE
from functions.domain.events import (
    DeleteRequested,
    Event,
    Ignored,
    ObjectArrived,
    PurgeCompleted,
    PurgeStarted,
    RestoreRequested,
    Transition,
)
from functions.domain.states import MAX_HISTORY, decide
from tests.examples import NOW, a_completing_document, a_document, a_document_at_rest, a_processing_document

LATER = NOW + timedelta(minutes=2)
UNTIL = LATER + timedelta(days=7)
A_MOMENT = timedelta(microseconds=1)
AT_REST = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)
each_at_rest = pytest.mark.parametrize("status", AT_REST)


def at_rest(status: Status) -> Document:
    document = a_document_at_rest(status)
    return replace(
        document, reason="a_reason", history=(*document.history, HistoryEntry(status, NOW, "a_reason"))
    )


def deleted(status: Status = Status.READY) -> Document:
    return change_status(at_rest(status), DeleteRequested(UNTIL)).after


def purging(**changes: object) -> Document:
    return replace(change_status(deleted(), PurgeStarted(), UNTIL).after, **changes)  # type: ignore[arg-type]


def change_status(document: Document, event: Event, now: object = LATER) -> Transition:
    decision = decide(document, event, now)  # type: ignore[arg-type]
    assert isinstance(decision, Transition)
    return decision


@each_at_rest
def test_a_document_at_rest_can_be_deleted_and_keeps_its_reservation(status: Status) -> None:
    transition = change_status(at_rest(status), DeleteRequested(UNTIL))
    assert (transition.after.status, transition.after.purge_after) == (Status.DELETED, UNTIL)
    assert transition.after.history[-1] == HistoryEntry(Status.DELETED, LATER)
    assert (transition.reserved_bytes, transition.open_uploads) == (0, 0)
    assert transition.after.reserved_bytes == transition.before.reserved_bytes


@pytest.mark.parametrize("document", [a_document(), a_completing_document(), a_processing_document()])
def test_a_document_in_progress_cannot_be_deleted(document: Document) -> None:
    assert decide(document, DeleteRequested(UNTIL), LATER) is Ignored.WRONG_STATE


def test_a_second_delete_does_not_postpone_the_purge() -> None:
    for document in (deleted(), purging(), replace(purging(), status=Status.PURGED)):
        assert decide(document, DeleteRequested(UNTIL + A_MOMENT), LATER) is Ignored.ALREADY_APPLIED


@each_at_rest
def test_a_restore_brings_back_the_former_status(status: Status) -> None:
    before, after = at_rest(status), change_status(deleted(status), RestoreRequested()).after
    assert (after.status, after.reason, after.purge_after) == (before.status, before.reason, None)
    assert [step.status for step in after.history[-3:]] == [status, Status.DELETED, status]


@each_at_rest
def test_a_second_restore_is_already_applied(status: Status) -> None:
    assert decide(at_rest(status), RestoreRequested(), LATER) is Ignored.ALREADY_APPLIED


def test_a_restore_after_its_window_exceeds_the_deadline() -> None:
    assert isinstance(decide(deleted(), RestoreRequested(), UNTIL - A_MOMENT), Transition)
    assert decide(deleted(), RestoreRequested(), UNTIL) is Ignored.DEADLINE_EXCEEDED


@pytest.mark.parametrize("document", [a_document(), a_processing_document(), purging()])
def test_only_a_deleted_document_can_be_restored(document: Document) -> None:
    assert decide(document, RestoreRequested(), LATER) is Ignored.WRONG_STATE


def test_the_history_has_at_most_50_entries() -> None:
    document = at_rest(Status.READY)
    for _ in range(MAX_HISTORY):
        document = change_status(
            change_status(document, DeleteRequested(UNTIL)).after, RestoreRequested()
        ).after
    assert document.status is Status.READY
    assert len(document.history) == MAX_HISTORY


def test_a_purge_starts_when_the_restore_window_is_over_and_not_before() -> None:
    assert decide(deleted(), PurgeStarted(), UNTIL - A_MOMENT) is Ignored.WRONG_STATE
    after = change_status(deleted(), PurgeStarted(), UNTIL).after
    assert (after.status, after.lease_until) == (Status.PURGING, UNTIL + PURGE_LEASE)
    assert after.attempt == deleted().attempt + 1


@each_at_rest
def test_a_restored_document_is_not_purged(status: Status) -> None:
    restored = change_status(deleted(status), RestoreRequested()).after
    assert decide(restored, PurgeStarted(), UNTIL + TOMBSTONE) is Ignored.WRONG_STATE


def test_a_purge_starts_again_after_its_lease_and_the_first_attempt_is_stale() -> None:
    first = purging()
    assert decide(first, PurgeStarted(), UNTIL + PURGE_LEASE - A_MOMENT) is Ignored.LEASED
    second = change_status(first, PurgeStarted(), UNTIL + PURGE_LEASE).after
    assert decide(second, PurgeCompleted(first.attempt), UNTIL + PURGE_LEASE) is Ignored.STALE_ATTEMPT
    assert (
        change_status(second, PurgeCompleted(second.attempt), UNTIL + PURGE_LEASE).after.status
        is Status.PURGED
    )


def test_reserved_bytes_are_released_when_the_bytes_are_gone_and_only_then() -> None:
    claim = change_status(deleted(), PurgeStarted(), UNTIL)
    assert (claim.reserved_bytes, claim.after.reserved_bytes) == (0, deleted().reserved_bytes)
    transition = change_status(claim.after, PurgeCompleted(claim.after.attempt), UNTIL)
    assert (transition.reserved_bytes, transition.open_uploads) == (-deleted().reserved_bytes, 0)
    assert transition.after.reserved_bytes == 0
    assert decide(transition.after, PurgeCompleted(claim.after.attempt), UNTIL) is Ignored.STALE_ATTEMPT
    assert decide(transition.after, PurgeStarted(), UNTIL) is Ignored.ALREADY_APPLIED


def test_a_purged_record_names_nobody_and_expires() -> None:
    document = purging(file_name="passport of Ada.png", title="Ada", metadata={"a": "b"}, sha256="ab" * 32)
    after = change_status(document, PurgeCompleted(document.attempt), UNTIL).after
    assert (after.file_name, after.title, after.metadata) == ("", "", {})
    assert after.sha256 is after.declared_sha256 is None
    assert {step.reason for step in after.history} == {None}
    assert [step.status for step in after.history] == [step.status for step in document.history] + [
        Status.PURGED
    ]
    assert after.record_expires_at == UNTIL + TOMBSTONE


def test_a_failed_document_keeps_its_version_until_it_is_purged() -> None:
    assert decide(deleted(Status.FAILED), ObjectArrived("v1"), LATER) is Ignored.ALREADY_APPLIED
    assert decide(deleted(Status.READY), ObjectArrived("v1"), LATER) is Ignored.ORPHANED_VERSION
    assert decide(purging(), ObjectArrived("v1"), LATER) is Ignored.ORPHANED_VERSION
