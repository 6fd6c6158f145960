"""The parameters of the conditional writes."""

from functions.adapters.dynamodb import writes
from functions.domain.events import AbortRequested, ObjectArrived
from tests.examples import NOW, PLENTY, a_document
from tests.repository_steps import KEY, transition


def test_a_create_writes_document_usage_and_idempotency_key_in_this_order() -> None:
    """`DynamoDBDocuments.create` reads the cancellation reasons of the transaction by their position."""
    put, update, key = writes.create("documents", a_document(), PLENTY, KEY, NOW)
    assert put["Put"]["Item"]["sk"]["S"].startswith("DOC#")
    assert update["Update"]["Key"]["sk"] == {"S": "USAGE"}
    assert key["Put"]["Item"]["sk"] == {"S": "IDEM#hash-of-the-key"}
    assert len(writes.create("documents", a_document(), PLENTY, None, NOW)) == 2


def test_a_transition_updates_the_usage_only_if_it_changes() -> None:
    _, unchanged = writes.apply("documents", transition(a_document(), ObjectArrived("v1")))
    _, update = writes.apply("documents", transition(a_document(size=70), AbortRequested()))
    assert unchanged is None
    assert update is not None
    assert (
        update["ExpressionAttributeValues"].items()
        >= {
            ":reserved": {"N": "-70"},
            ":open": {"N": "-1"},
        }.items()
    )


def test_a_transition_is_written_only_over_the_revision_it_was_decided_on() -> None:
    change = transition(a_document(revision=7), ObjectArrived("v1"))
    put, _ = writes.apply("documents", change)
    assert put["ConditionExpression"] == "#revision = :revision"
    assert put["ExpressionAttributeValues"] == {":revision": {"N": "7"}}
    assert put["Item"]["revision"] == {"N": "8"}
