"""Every change of status that subscribers learn of has a name and counts."""

import pytest

from functions.domain.changes import Change, find_change
from functions.domain.document import Status
from functions.domain.events import AbortRequested, CompleteRequested, Transition
from functions.domain.states import TRANSITIONS, decide
from tests.examples import NOW, a_document

PAIRS = sorted(
    {
        (before, row.next)
        for row in TRANSITIONS
        for before in row.states
        if isinstance(row.next, Status) and row.next is not before
    }
)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Status.PENDING, Status.PROCESSING, Change.PROCESSING),
        (Status.PROCESSING, Status.READY, Change.READY),
        (Status.FAILED, Status.PROCESSING, Change.PROCESSING),
        (Status.READY, Status.DELETED, Change.DELETED),
        (Status.DELETED, Status.READY, Change.RESTORED),
        (Status.DELETED, Status.FAILED, Change.RESTORED),
        (Status.PURGING, Status.PURGED, Change.PURGED),
    ],
)
def test_a_change_has_the_name_of_its_event(before: Status, after: Status, change: Change) -> None:
    assert find_change(before, after) is change


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.PENDING, Status.COMPLETING),
        (Status.COMPLETING, Status.PENDING),
        (Status.DELETED, Status.PURGING),
        (Status.PROCESSING, Status.PROCESSING),
    ],
)
def test_what_tells_subscribers_nothing_is_no_change(before: Status, after: Status) -> None:
    assert find_change(before, after) is None


def test_every_transition_to_another_status_has_a_name_or_is_one_of_three() -> None:
    assert {pair for pair in PAIRS if find_change(*pair) is None} == {
        (Status.PENDING, Status.COMPLETING),
        (Status.COMPLETING, Status.PENDING),
        (Status.DELETED, Status.PURGING),
    }


def test_a_change_counts_one() -> None:
    transition = decide(a_document(), AbortRequested(), NOW)
    assert isinstance(transition, Transition)
    assert (transition.before.sequence, transition.after.sequence) == (1, 2)


def test_a_write_that_tells_nothing_does_not_count() -> None:
    transition = decide(a_document(), CompleteRequested(), NOW)
    assert isinstance(transition, Transition)
    assert transition.after.sequence == 1
