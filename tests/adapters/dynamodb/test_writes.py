"""The parameters of the conditional writes."""

from functions.adapters.dynamodb import writes
from functions.adapters.dynamodb.attributes import from_item
from functions.domain.document import Document
from functions.domain.events import AbortRequested, Event, ObjectArrived
from tests.examples import NOW, PLENTY, a_document, a_processing_document
from tests.repository_steps import (
    KEY,
    a_crashed_attempt,
    a_passed_step,
    a_suspended_attempt,
    rendition_facts,
    transition,
)


def test_a_create_writes_document_usage_and_idempotency_key_in_this_order() -> None:
    """`DynamoDBDocuments.create` reads the cancellation reasons of the transaction by their position."""
    put, update, key = writes.create("documents", [a_document()], PLENTY, KEY, None, NOW)
    assert put["Put"]["Item"]["sk"]["S"].startswith("DOC#")
    assert update["Update"]["Key"]["sk"] == {"S": "USAGE"}
    assert key["Put"]["Item"]["sk"] == {"S": "IDEM#hash-of-the-key"}
    assert len(writes.create("documents", [a_document()], PLENTY, None, None, NOW)) == 2


def test_a_transition_updates_the_usage_only_if_it_changes() -> None:
    pending, processing = a_document(size=70), a_processing_document(size=70)
    _, unchanged = writes.apply("documents", transition(processing, a_crashed_attempt()))
    assert unchanged is None
    assert usage_change(pending, AbortRequested()) == (-70, -1)
    assert usage_change(pending, ObjectArrived("v1")) == (0, -1)
    rendered = a_passed_step(renditions={"thumb": rendition_facts(size=12)})
    assert usage_change(processing, a_suspended_attempt(steps=(rendered,))) == (12, 0)


def usage_change(document: Document, event: Event) -> tuple[int, int]:
    """Returns the changes of reserved bytes and of open uploads that the event causes."""
    _, update = writes.apply("documents", transition(document, event))
    assert update is not None
    values = from_item(update["ExpressionAttributeValues"])
    return values[":reserved"], values[":open"]


def test_a_transition_is_written_only_over_the_revision_it_was_decided_on() -> None:
    change = transition(a_document(revision=7), ObjectArrived("v1"))
    put, _ = writes.apply("documents", change)
    assert put["ConditionExpression"] == "#revision = :revision"
    assert put["ExpressionAttributeValues"] == {":revision": {"N": "7"}}
    assert put["Item"]["revision"] == {"N": "8"}
