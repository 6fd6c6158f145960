"""Documents as items: every field is preserved, and every item has a schema version."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.dynamodb.attributes import from_item, to_item
from functions.adapters.dynamodb.items import (
    SCHEMA_VERSION,
    SchemaVersionError,
    build_item,
    document_from_item,
    document_to_item,
    is_checked_with_owner,
    read_item,
)
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    CompleteFailed,
    CompleteRequested,
    Event,
    ObjectArrived,
)
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import PROMOTE, SIZE, TYPE, StepRecord, StepStatus
from tests.examples import NOW, a_document, an_id
from tests.repository_steps import (
    a_completed_attempt,
    a_crashed_attempt,
    a_passed_step,
    a_suspended_attempt,
    a_waiting_step,
    transition,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
times = st.timedeltas(timedelta(0), timedelta(days=36_500)).map(NOW.__add__)
counts = st.integers(0, 1 << 53)
history_entries = st.builds(HistoryEntry, st.sampled_from(Status), times, st.none() | texts)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(texts, values, max_size=3),
    max_leaves=8,
)
step_records = st.builds(
    StepRecord,
    name=texts,
    status=st.sampled_from(StepStatus),
    at=times,
    attempt=counts,
    code=st.none() | texts,
    detail=st.none() | texts,
    facts=st.dictionaries(texts, json_values, max_size=3),
    resume_at=st.none() | times,
    tries=counts,
    token=st.none() | texts,
)
STRATEGY_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: counts,
    bool: st.booleans(),
    datetime: times,
    str | None: st.none() | texts,
    int | None: st.none() | counts,
    datetime | None: st.none() | times,
    RescanVerdict | None: st.none() | st.sampled_from(RescanVerdict),
    Status: st.sampled_from(Status),
    Method: st.sampled_from(Method),
    tuple[HistoryEntry, ...]: st.lists(history_entries, max_size=4).map(tuple),
    tuple[StepRecord, ...]: st.lists(step_records, max_size=2).map(tuple),
}
METADATA = st.dictionaries(texts, texts, max_size=3)
STRATEGY_BY_NAME: dict[str, Any] = {"id": st.integers(0, 999).map(an_id), "metadata": METADATA}
STRATEGIES: dict[str, Any] = {
    field.name: STRATEGY_BY_NAME.get(field.name, STRATEGY_BY_TYPE.get(field.type))
    for field in fields(Document)
}
documents = st.builds(Document, **STRATEGIES)


@given(documents)
def test_every_field_keeps_its_value_and_type(document: Document) -> None:
    read = document_from_item(document_to_item(document))
    assert read == document
    for field in fields(Document):
        assert type(getattr(read, field.name)) is type(getattr(document, field.name)), field.name


NESTED_101_DEEP: Any = {}
for _ in range(100):
    NESTED_101_DEEP = {"deeper": NESTED_101_DEEP}


@pytest.mark.parametrize(
    "value",
    [10**40, 0.1, 1e300, -1.5e-300, float("inf"), True, None, "", "\ud800", {"": 1}, [], NESTED_101_DEEP],
    ids=str,
)
def test_facts_are_kept_that_no_other_attribute_type_can_hold(value: Any) -> None:
    document = replace(a_document(), steps=(a_passed_step(fact=value),))
    [step] = document_from_item(document_to_item(document)).steps
    assert step.facts == {"fact": value}
    assert type(step.facts["fact"]) is type(value)


def test_a_step_without_facts_stores_only_what_differs_from_the_defaults() -> None:
    item = document_to_item(replace(a_document(), steps=(a_passed_step("check"),)))
    assert from_item(item)["steps"] == [
        {"name": "check", "status": "passed", "at": NOW.isoformat(), "attempt": 1}
    ]


@given(documents)
def test_the_index_contains_documents_that_are_not_checked_with_their_owner_or_wait_without_end(
    document: Document,
) -> None:
    item = document_to_item(document)
    is_due = document.next_check_at is not None and not is_checked_with_owner(document)
    has_entry = is_due or document.endless_step is not None
    assert ("next_check_at" in item) == ("due_shard" in item) == has_entry


@pytest.mark.parametrize(
    "event",
    [a_crashed_attempt(), a_suspended_attempt(steps=()), ObjectArrived("v1")],
    ids=["crashed", "suspended", "second attempt"],
)
def test_a_document_after_its_first_attempt_is_not_checked_with_its_owner(event: Event) -> None:
    processing = transition(a_document(), ObjectArrived("v1"), NOW).after
    assert is_checked_with_owner(processing)
    assert not is_checked_with_owner(transition(processing, event, NOW + LEASE).after)


def test_a_document_that_waits_for_a_worker_has_the_time_of_its_step_in_the_index() -> None:
    resume_at = NOW + LEASE * 2
    processing = transition(a_document(), ObjectArrived("v1"), NOW).after
    waiting = transition(processing, a_suspended_attempt(steps=(a_waiting_step(resume_at),)), NOW).after
    assert from_item(document_to_item(waiting))["next_check_at"] == resume_at.timestamp()


def test_a_completing_document_is_not_checked_with_its_owner() -> None:
    completing = transition(a_document(), CompleteRequested(), NOW).after
    assert not is_checked_with_owner(completing)
    assert is_checked_with_owner(transition(completing, CompleteFailed(1), NOW).after)
    assert not is_checked_with_owner(transition(completing, ObjectArrived("v1"), NOW).after)


@given(documents)
def test_only_a_record_with_an_expiry_has_a_ttl(document: Document) -> None:
    assert ("ttl" in document_to_item(document)) == (document.record_expires_at is not None)


@given(documents)
def test_none_is_an_absent_attribute(document: Document) -> None:
    item = document_to_item(document)
    assert not [name for name, value in item.items() if "NULL" in value]


def test_an_item_has_the_current_schema_version() -> None:
    assert from_item(build_item({"pk": "p"})) == {"pk": "p", "v": SCHEMA_VERSION}
    assert read_item(build_item({"pk": "p"})) == {"pk": "p"}
    assert document_to_item(a_document())["v"] == {"N": str(SCHEMA_VERSION)}


@pytest.mark.parametrize("version", [None, 0, SCHEMA_VERSION + 1])
def test_an_item_with_another_schema_version_or_without_one_is_an_error(version: int | None) -> None:
    item = document_to_item(a_document()) | to_item({"v": version or 0})
    if version is None:
        del item["v"]
    with pytest.raises(
        SchemaVersionError, match=rf"DOC#{an_id()} has schema version {version}; .* {SCHEMA_VERSION}"
    ):
        document_from_item(item)


def test_an_attribute_of_a_later_version_is_dropped() -> None:
    item = document_to_item(a_document()) | to_item({"invented_later": "a value"})
    assert document_from_item(item) == a_document()


def test_the_item_of_an_upload_stays_well_below_one_write_unit() -> None:
    """A write of up to 1,024 bytes costs one unit. A quarter of that is reserved for file name, title and metadata."""
    document = replace(a_document(), declared_sha256="ab" * 32, file_name="", title="")
    document = transition(document, ObjectArrived("v" * 32), NOW).after
    facts = {"contentType": "image/png", "sha256": "ab" * 32, "storedVersion": "v" * 32}
    ended = a_completed_attempt(
        stored_version="v" * 32,
        sha256="ab" * 32,
        steps=tuple(a_passed_step(name, **facts) for name in (SIZE, TYPE, PROMOTE)),
    )
    document = transition(document, ended, NOW).after
    assert item_size(document_to_item(document)) <= 768


def item_size(item: dict[str, Any]) -> int:
    """Returns the size in bytes by the rules of the Developer Guide, "DynamoDB Item sizes and formats"."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: dict[str, Any]) -> int:
    [(attribute_type, content)] = value.items()
    match attribute_type:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "L":
            return 3 + sum(1 + value_size(entry) for entry in content)
        case "M":
            return 3 + len(content) + item_size(content)
    return 1
