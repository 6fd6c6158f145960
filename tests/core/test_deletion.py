"""The last part of the state machine: delete, restore, purge, as sentences."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.deletion import PURGE_LEASE, TOMBSTONE
from functions.core.document import Document, Status, Step
from functions.core.events import (
    Arrived,
    DeleteRequested,
    Event,
    PurgeClaimed,
    Purged,
    Refusal,
    RestoreRequested,
    Transition,
)
from functions.core.lifecycle import decide
from functions.core.transitions import MAX_STEPS
from tests.documents_in_life import completing, processing, stopped
from tests.examples import NOW, a_document

LATER = NOW + timedelta(minutes=2)
UNTIL = LATER + timedelta(days=7)
A_MOMENT = timedelta(microseconds=1)
AT_REST = (Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED)
each_at_rest = pytest.mark.parametrize("status", AT_REST)


def at_rest(status: Status) -> Document:
    document = stopped(status)
    return replace(document, reason="a_reason", history=(*document.history, Step(status, NOW, "a_reason")))


def deleted(status: Status = Status.READY) -> Document:
    return moved(at_rest(status), DeleteRequested(UNTIL)).after


def purging(**changes: object) -> Document:
    return replace(moved(deleted(), PurgeClaimed(), UNTIL).after, **changes)  # type: ignore[arg-type]


def moved(document: Document, event: Event, now: object = LATER) -> Transition:
    decision = decide(document, event, now)  # type: ignore[arg-type]
    assert isinstance(decision, Transition)
    return decision


@each_at_rest
def test_whatever_is_at_rest_can_be_deleted_and_stays_charged(status: Status) -> None:
    transition = moved(at_rest(status), DeleteRequested(UNTIL))
    assert (transition.after.status, transition.after.purge_at) == (Status.DELETED, UNTIL)
    assert transition.after.history[-1] == Step(Status.DELETED, LATER)
    assert (transition.charged, transition.open_uploads) == (0, 0)
    assert transition.after.charged == transition.before.charged


@pytest.mark.parametrize("document", [a_document(), completing(), processing()])
def test_what_is_under_way_cannot_be_deleted(document: Document) -> None:
    assert decide(document, DeleteRequested(UNTIL), LATER) is Refusal.WRONG_STATE


def test_a_second_delete_does_not_put_off_the_end() -> None:
    for document in (deleted(), purging(), replace(purging(), status=Status.PURGED)):
        assert decide(document, DeleteRequested(UNTIL + A_MOMENT), LATER) is Refusal.DONE_ALREADY


@each_at_rest
def test_a_restore_brings_back_what_it_was(status: Status) -> None:
    before, after = at_rest(status), moved(deleted(status), RestoreRequested()).after
    assert (after.status, after.reason, after.purge_at) == (before.status, before.reason, None)
    assert [step.status for step in after.history[-3:]] == [status, Status.DELETED, status]


@each_at_rest
def test_a_second_restore_finds_it_done(status: Status) -> None:
    assert decide(at_rest(status), RestoreRequested(), LATER) is Refusal.DONE_ALREADY


def test_a_restore_comes_too_late_once_the_time_is_over() -> None:
    assert isinstance(decide(deleted(), RestoreRequested(), UNTIL - A_MOMENT), Transition)
    assert decide(deleted(), RestoreRequested(), UNTIL) is Refusal.TOO_LATE


@pytest.mark.parametrize("document", [a_document(), processing(), purging()])
def test_what_is_not_deleted_or_is_being_purged_cannot_be_restored(document: Document) -> None:
    assert decide(document, RestoreRequested(), LATER) is Refusal.WRONG_STATE


def test_what_is_deleted_and_restored_all_day_keeps_a_history_of_bounded_length() -> None:
    document = at_rest(Status.READY)
    for _ in range(MAX_STEPS):
        document = moved(moved(document, DeleteRequested(UNTIL)).after, RestoreRequested()).after
    assert document.status is Status.READY
    assert len(document.history) == MAX_STEPS


def test_a_purge_is_claimed_once_the_time_is_over_and_not_before() -> None:
    assert decide(deleted(), PurgeClaimed(), UNTIL - A_MOMENT) is Refusal.WRONG_STATE
    after = moved(deleted(), PurgeClaimed(), UNTIL).after
    assert (after.status, after.lease_until) == (Status.PURGING, UNTIL + PURGE_LEASE)
    assert after.attempt == deleted().attempt + 1


@each_at_rest
def test_what_was_restored_is_not_purged(status: Status) -> None:
    restored = moved(deleted(status), RestoreRequested()).after
    assert decide(restored, PurgeClaimed(), UNTIL + TOMBSTONE) is Refusal.WRONG_STATE


def test_a_purge_whose_lease_is_over_is_claimed_again_and_the_first_counts_for_nothing() -> None:
    first = purging()
    assert decide(first, PurgeClaimed(), UNTIL + PURGE_LEASE - A_MOMENT) is Refusal.LEASED
    second = moved(first, PurgeClaimed(), UNTIL + PURGE_LEASE).after
    assert decide(second, Purged(first.attempt), UNTIL + PURGE_LEASE) is Refusal.OVERTAKEN
    assert moved(second, Purged(second.attempt), UNTIL + PURGE_LEASE).after.status is Status.PURGED


def test_the_charge_is_released_when_the_bytes_are_gone_and_only_then() -> None:
    claim = moved(deleted(), PurgeClaimed(), UNTIL)
    assert (claim.charged, claim.after.charged) == (0, deleted().charged)
    transition = moved(claim.after, Purged(claim.after.attempt), UNTIL)
    assert (transition.charged, transition.open_uploads) == (-deleted().charged, 0)
    assert transition.after.charged == 0
    assert decide(transition.after, Purged(claim.after.attempt), UNTIL) is Refusal.OVERTAKEN
    assert decide(transition.after, PurgeClaimed(), UNTIL) is Refusal.DONE_ALREADY


def test_what_stays_of_a_purged_document_names_nobody_and_goes_in_time() -> None:
    document = purging(file_name="passport of Ada.png", title="Ada", metadata={"a": "b"}, sha256="ab" * 32)
    after = moved(document, Purged(document.attempt), UNTIL).after
    assert (after.file_name, after.title, after.metadata) == ("", "", {})
    assert after.sha256 is after.declared_sha256 is None
    assert {step.reason for step in after.history} == {None}
    assert [step.status for step in after.history] == [step.status for step in document.history] + [
        Status.PURGED
    ]
    assert after.forget_at == UNTIL + TOMBSTONE


def test_the_bytes_of_a_failed_document_stay_for_an_operator_until_it_is_purged() -> None:
    assert decide(deleted(Status.FAILED), Arrived("v1"), LATER) is Refusal.DONE_ALREADY
    assert decide(deleted(Status.READY), Arrived("v1"), LATER) is Refusal.SUPERFLUOUS
    assert decide(purging(), Arrived("v1"), LATER) is Refusal.SUPERFLUOUS
