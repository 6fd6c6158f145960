"""The attribute `change`: a write that changes the status for subscribers carries it, every other write removes it."""

from functions.adapters.dynamodb import writes
from functions.adapters.dynamodb.items import CHANGE, document_from_item
from functions.domain.events import AbortRequested, CompleteRequested, Event, Transition
from functions.domain.states import decide
from tests.examples import NOW, PLENTY, a_document

TABLE = "a-table"


def written(event: Event) -> dict[str, object]:
    transition = decide(a_document(), event, NOW)
    assert isinstance(transition, Transition)
    put, _usage = writes.apply(TABLE, transition)
    return dict(put["Item"])


def test_a_new_document_carries_its_creation() -> None:
    [put, *_others] = writes.create(TABLE, [a_document()], PLENTY, None, None, NOW)
    assert put["Put"]["Item"][CHANGE] == {"S": "created"}


def test_a_change_of_status_carries_its_name() -> None:
    assert written(AbortRequested())[CHANGE] == {"S": "aborted"}


def test_any_other_write_lacks_the_attribute() -> None:
    assert CHANGE not in written(CompleteRequested())


def test_a_document_is_read_without_the_attribute() -> None:
    [put, *_others] = writes.create(TABLE, [a_document()], PLENTY, None, None, NOW)
    assert document_from_item(put["Put"]["Item"]) == a_document()
