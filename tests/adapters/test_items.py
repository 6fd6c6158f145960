"""A document as an item and back: nothing is lost, whatever it holds."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.dynamodb.items import document_from_item, document_to_item, is_checked_with_owner
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    AttemptFailed,
    CompleteFailed,
    CompleteRequested,
    CopyPaused,
    Event,
    ObjectArrived,
)
from tests.adapters.repository import after
from tests.examples import NOW, a_document, an_id

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
times = st.timedeltas(timedelta(0), timedelta(days=36_500)).map(NOW.__add__)
counts = st.integers(0, 1 << 53)
steps = st.builds(HistoryEntry, st.sampled_from(Status), times, st.none() | words)
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: counts,
    bool: st.booleans(),
    datetime: times,
    str | None: st.none() | words,
    int | None: st.none() | counts,
    datetime | None: st.none() | times,
    Status: st.sampled_from(Status),
    Method: st.sampled_from(Method),
    tuple[HistoryEntry, ...]: st.lists(steps, max_size=4).map(tuple),
}
METADATA = st.dictionaries(words, words, max_size=3)
BY_NAME: dict[str, Any] = {"id": st.integers(0, 999).map(an_id), "metadata": METADATA}
STRATEGIES: dict[str, Any] = {
    field.name: BY_NAME.get(field.name, BY_TYPE.get(field.type)) for field in fields(Document)
}
documents = st.builds(Document, **STRATEGIES)


@given(documents)
def test_every_field_survives_with_its_value_and_its_type(document: Document) -> None:
    back = document_from_item(document_to_item(document))
    assert back == document
    for field in fields(Document):
        assert type(getattr(back, field.name)) is type(getattr(document, field.name)), field.name


@given(documents)
def test_only_what_is_due_some_day_and_has_left_its_way_is_in_the_index_of_what_is_due(
    document: Document,
) -> None:
    item, strayed = (
        document_to_item(document),
        document.next_check_at is not None and not is_checked_with_owner(document),
    )
    assert ("next_check_at" in item) == ("due_shard" in item) == strayed


@pytest.mark.parametrize(
    "event", [AttemptFailed(1), CopyPaused(1), ObjectArrived("v1")], ids=["failed", "paused", "claimed again"]
)
def test_work_that_does_not_end_at_the_first_attempt_leaves_its_way(event: Event) -> None:
    claimed = after(a_document(), ObjectArrived("v1"), NOW).after
    assert is_checked_with_owner(claimed)
    assert not is_checked_with_owner(after(claimed, event, NOW + LEASE).after)


def test_a_call_to_complete_leaves_its_way_until_it_is_given_back() -> None:
    completing = after(a_document(), CompleteRequested(), NOW).after
    assert not is_checked_with_owner(completing)
    assert is_checked_with_owner(after(completing, CompleteFailed(1), NOW).after)
    assert not is_checked_with_owner(after(completing, ObjectArrived("v1"), NOW).after)


@given(documents)
def test_the_table_removes_only_what_is_to_be_forgotten(document: Document) -> None:
    assert ("ttl" in document_to_item(document)) == (document.record_expires_at is not None)


@given(documents)
def test_what_is_absent_takes_no_room(document: Document) -> None:
    item = document_to_item(document)
    assert not [name for name, value in item.items() if "NULL" in value]
