"""Errors of the repository after which a write may have taken effect, and those that are ignored."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.connections import NoResponseError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import build_item
from functions.domain.errors import TooMany, Unavailable
from functions.domain.events import AbortRequested, ObjectArrived
from functions.domain.keys import DocumentKey
from functions.domain.repository import ListQuery
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.repository_steps import KEY, transition

LOST = NoResponseError("lost", may_be_processed=True)
REFUSED = NoResponseError("refused", may_be_processed=False)
UNCERTAIN = [
    LOST,
    DynamoDBError("NeverSeenBefore", {}, 500),
    DynamoDBError("InternalServerError", {}),
    ConnectionError(),
]
CERTAIN = [
    REFUSED,
    DynamoDBError("ThrottlingException", {}),
    DynamoDBError("TransactionConflictException", {}),
]

REPEAT = "The outcome is unknown; repeat the request."
REPEAT_WITH_KEY = "The outcome is unknown; repeat with the same Idempotency-Key."

Call = Callable[[DynamoDBDocuments], object]
WRITES: dict[str, tuple[Call, str]] = {
    "create with a key": (lambda table: table.create(a_document(), PLENTY, KEY, NOW), REPEAT_WITH_KEY),
    "create without a key": (
        lambda table: table.create(a_document(), PLENTY, None, NOW),
        "The outcome is unknown; the document may exist. Only a create with an Idempotency-Key can be repeated.",
    ),
    "abort": (lambda table: table.apply(transition(a_document(), AbortRequested())), REPEAT),
    "process": (lambda table: table.apply(transition(a_document(), ObjectArrived("v1"))), REPEAT),
    "add_daily_bytes": (lambda table: table.add_daily_bytes(OWNER, 1, NOW), REPEAT),
    "report_orphan": (lambda table: table.report_orphan("documents/k", "v1", NOW), REPEAT),
}
READS: dict[str, Call] = {
    "get": lambda table: table.get(OWNER, an_id()),
    "get_many": lambda table: table.get_many([DocumentKey(OWNER, an_id())]),
    "page": lambda table: table.page(ListQuery(OWNER, 10)),
}


def fail(error: Exception) -> DynamoDBDocuments:
    """Returns a repository whose calls all fail."""

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        raise error

    return DynamoDBDocuments(call, "documents")


def detail_of(call: Call, error: Exception) -> str:
    with pytest.raises(Unavailable) as unavailable:
        call(fail(error))
    assert (unavailable.value.code, unavailable.value.retry_after) == ("storage_unavailable", 1)
    return unavailable.value.detail


def try_again(error: Exception) -> str:
    """Returns the text, with the code if the table has sent one that says that nothing was done."""
    if isinstance(error, DynamoDBError) and not error.may_be_processed:
        return f"The table is unavailable ({error.code}); try again."
    return "The table is unavailable; try again."


@pytest.mark.parametrize(("call", "detail"), WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("error", UNCERTAIN, ids=repr)
def test_a_write_that_may_have_been_processed_has_an_unknown_outcome(
    call: Call, detail: str, error: Exception
) -> None:
    assert detail_of(call, error) == detail


@pytest.mark.parametrize("call", [call for call, _ in WRITES.values()], ids=WRITES)
@pytest.mark.parametrize("error", CERTAIN[:2], ids=repr)
def test_a_write_that_was_not_processed_can_be_tried_again(call: Call, error: Exception) -> None:
    assert detail_of(call, error) == try_again(error)


@pytest.mark.parametrize("call", READS.values(), ids=READS)
@pytest.mark.parametrize("error", [*UNCERTAIN, *CERTAIN], ids=repr)
def test_a_read_can_be_tried_again(call: Call, error: Exception) -> None:
    assert detail_of(call, error) == try_again(error)


@pytest.mark.parametrize("error", [LOST, REFUSED, DynamoDBError("ThrottlingException", {})], ids=repr)
def test_a_create_above_a_limit_is_rejected_although_no_recount_can_be_scheduled(error: Exception) -> None:
    usage = build_item({"pk": OWNER, "sk": "USAGE", "open_uploads": 1, "created": 1, "next_check_at": 2**40})
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]
    operations: list[str] = []

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        operations.append(operation)
        if operation == "TransactWriteItems":
            raise DynamoDBError("TransactionCanceledException", {"CancellationReasons": reasons})
        if operation == "GetItem":
            return {"Item": usage}
        raise error

    with pytest.raises(TooMany):
        DynamoDBDocuments(call, "documents").create(a_document(), replace(PLENTY, open_uploads=1), None, NOW)
    assert operations == ["TransactWriteItems", "GetItem", "UpdateItem"]
