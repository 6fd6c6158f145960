"""DynamoDBDocuments: layout, errors, pages and concurrent requests. `tests/contract` tests its results."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.aws_errors import FAULTS
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import (
    SCHEMA_VERSION,
    SchemaVersionError,
    build_item,
    document_key,
    document_to_item,
)
from functions.domain.document import Document
from functions.domain.errors import TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, ObjectArrived
from functions.domain.keys import DocumentKey
from functions.domain.quota import Limits
from functions.domain.repository import Conflict, ListQuery
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.moto_account import REGION, Table
from tests.repository_steps import (
    DAY,
    KEY,
    a_passed_step,
    a_suspended_attempt,
    create,
    due_ids,
    find_due,
    rendition_facts,
    transition,
)
from tests.table_server import table_client

TEMPORARY = [*FAULTS, "InternalServerError"]


@pytest.fixture
def repository(table: Table) -> DynamoDBDocuments:
    return table.repository


class ScriptedDynamoDB:
    """Returns or raises the given results in order, and records the requests."""

    def __init__(self, *results: dict[str, Any] | Exception) -> None:
        self.remaining = list(results)
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        self.requests.append((operation, parameters))
        result = self.remaining.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    @property
    def repository(self) -> DynamoDBDocuments:
        return DynamoDBDocuments(self, "documents")


CALLS: dict[str, Callable[[DynamoDBDocuments], object]] = {
    "get": lambda repository: repository.get(OWNER, an_id()),
    "page": lambda repository: repository.page(ListQuery(OWNER, 10)),
    "due": lambda repository: list(find_due(repository, NOW)),
    "get_many": lambda repository: repository.get_many([DocumentKey(OWNER, an_id())]),
    "add_daily_bytes": lambda repository: repository.add_daily_bytes(OWNER, 1, NOW),
    "create": lambda repository: repository.create(a_document(), PLENTY, None, NOW),
    "process": lambda repository: repository.apply(transition(a_document(), ObjectArrived("v1"))),
    "abort": lambda repository: repository.apply(transition(a_document(), AbortRequested())),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize("code", TEMPORARY)
def test_a_fault_of_the_table_is_unavailable(call: Callable[[DynamoDBDocuments], object], code: str) -> None:
    with pytest.raises(Unavailable) as error:
        call(ScriptedDynamoDB(DynamoDBError(code, {})).repository)
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@each_call
@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException"])
def test_a_permanent_error_of_the_table_is_raised(
    call: Callable[[DynamoDBDocuments], object], code: str
) -> None:
    with pytest.raises(DynamoDBError, match=code):
        call(ScriptedDynamoDB(DynamoDBError(code, {})).repository)


@each_call
def test_a_table_that_cannot_be_reached_is_unavailable(call: Callable[[DynamoDBDocuments], object]) -> None:
    with pytest.raises(Unavailable):
        call(ScriptedDynamoDB(ConnectionError()).repository)


def cancelled(*codes: str) -> DynamoDBError:
    reasons = [{"Code": code} for code in codes]
    return DynamoDBError("TransactionCanceledException", {"CancellationReasons": reasons})


def test_a_create_that_conflicts_with_another_is_retried() -> None:
    dynamodb = ScriptedDynamoDB(cancelled("None", "TransactionConflict"), {})
    dynamodb.repository.create(a_document(), PLENTY, None, NOW)
    assert dynamodb.remaining == []


def test_a_transition_that_conflicts_with_another_is_retried() -> None:
    dynamodb = ScriptedDynamoDB(cancelled("None", "TransactionConflict"), {})
    dynamodb.repository.apply(transition(a_document(), AbortRequested()))
    assert dynamodb.remaining == []


def test_a_transition_of_a_changed_record_is_a_conflict_without_retry() -> None:
    with pytest.raises(Conflict):
        ScriptedDynamoDB(cancelled("ConditionalCheckFailed", "None")).repository.apply(
            transition(a_document(), AbortRequested())
        )


def test_a_create_that_keeps_conflicting_is_unavailable() -> None:
    """Once with a key: the reason of a conflict is not that of the last item, the key."""
    conflicting = ScriptedDynamoDB(*[cancelled("None", "TransactionConflict", "None")] * 1_000)
    repository = DynamoDBDocuments(conflicting, "documents", conflict_timeout=0.1)
    started = time.monotonic()
    with pytest.raises(Unavailable) as error:
        repository.create(a_document(), PLENTY, KEY, NOW)
    assert error.value.code == "busy"
    assert len(conflicting.requests) > 1
    assert time.monotonic() - started < 5


def test_a_create_is_not_given_up_after_a_number_of_conflicts() -> None:
    dynamodb = ScriptedDynamoDB(*[cancelled("None", "TransactionConflict")] * 7, {})
    dynamodb.repository.create(a_document(), PLENTY, None, NOW)
    assert dynamodb.remaining == []


def test_a_batch_is_one_transaction_with_one_update_of_the_usage() -> None:
    dynamodb = ScriptedDynamoDB({})
    documents = [a_document(id=an_id(number)) for number in range(50)]
    dynamodb.repository.create_batch(documents, PLENTY, KEY, NOW)
    [(operation, parameters)] = dynamodb.requests
    assert operation == "TransactWriteItems"
    actions = [action for item in parameters["TransactItems"] for action in item]
    assert actions == ["Put"] * 50 + ["Update", "Put"]


def test_documents_that_another_create_leaves_no_room_for_are_left_out_of_the_next_attempt(
    table: Table, repository: DynamoDBDocuments
) -> None:
    """The other create is written immediately before the first attempt of the batch."""
    others, limits = [a_document(id=an_id(9))], replace(PLENTY, open_uploads=3)
    attempts: list[int] = []

    def create_other_first(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "TransactWriteItems":
            attempts.append(len(parameters["TransactItems"]))
            if others:
                repository.create(others.pop(), limits, None, NOW)
        return table_client(REGION)(operation, **parameters)

    documents = [a_document(id=an_id(number)) for number in range(4)]
    results = DynamoDBDocuments(create_other_first, table.name).create_batch(documents, limits, None, NOW)
    assert results[:2] == tuple(documents[:2])
    assert [result.code for result in results[2:] if isinstance(result, TooMany)] == [
        "too_many_open_uploads"
    ] * 2
    assert attempts == [3 + 1, 2 + 1]
    assert table.usage()["open_uploads"] == 3


def test_a_create_is_retried_if_the_quota_is_free_by_then() -> None:
    dynamodb = ScriptedDynamoDB(cancelled("None", "ConditionalCheckFailed"), {}, {})
    dynamodb.repository.create(a_document(), PLENTY, None, NOW)
    assert dynamodb.remaining == []


def test_a_create_with_a_key_that_has_just_expired_is_unavailable() -> None:
    dynamodb = ScriptedDynamoDB(cancelled("None", "None", "ConditionalCheckFailed"), {})
    with pytest.raises(Unavailable):
        dynamodb.repository.create(a_document(), PLENTY, KEY, NOW)


def test_a_file_above_the_limit_is_rejected_without_a_request() -> None:
    with pytest.raises(WrongState):
        ScriptedDynamoDB().repository.create(a_document(size=11), replace(PLENTY, stored_bytes=10), None, NOW)


@pytest.mark.parametrize(
    "limits",
    [replace(PLENTY, open_uploads=1), replace(PLENTY, stored_bytes=150), replace(PLENTY, daily_bytes=150)],
)
def test_one_of_two_concurrent_creates_that_exceed_a_limit_is_rejected(
    table: Table, repository: DynamoDBDocuments, limits: Limits
) -> None:
    """The second create is written immediately before the transaction of the first."""
    second = [a_document(id=an_id(2), size=100)]

    def create_second_first(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "TransactWriteItems" and second:
            repository.create(second.pop(), limits, None, NOW)
        return table_client(REGION)(operation, **parameters)

    with pytest.raises((TooMany, WrongState)):
        DynamoDBDocuments(create_second_first, table.name).create(
            a_document(id=an_id(1), size=100), limits, None, NOW
        )
    assert repository.get(OWNER, an_id(1)) is None
    assert repository.get(OWNER, an_id(2)) is not None


def batch(documents: Sequence[Document], unprocessed: Sequence[Document] = ()) -> dict[str, Any]:
    """Returns a response of BatchGetItem."""
    keys = [document_key(document.owner, document.id) for document in unprocessed]
    return {
        "Responses": {"documents": [document_to_item(document) for document in documents]},
        "UnprocessedKeys": {"documents": {"Keys": keys}} if keys else {},
    }


def test_documents_that_a_batch_leaves_unprocessed_are_read_again() -> None:
    one, other, third = (a_document(id=an_id(number)) for number in range(3))
    dynamodb = ScriptedDynamoDB(batch([other], [one, third]), batch([], [one, third]), batch([third, one]))
    keys = [DocumentKey(each.owner, each.id) for each in (one, other, third)]
    found = dynamodb.repository.get_many(keys)
    assert found == dict(zip(keys, (one, other, third), strict=True))
    requests = [parameters["RequestItems"]["documents"] for _, parameters in dynamodb.requests]
    assert [len(request["Keys"]) for request in requests] == [3, 2, 2]


def test_the_last_of_five_reads_of_a_batch_may_return_the_rest() -> None:
    document = a_document()
    unfinished = [batch([], [document])] * 4
    key = DocumentKey(OWNER, an_id())
    assert ScriptedDynamoDB(*unfinished, batch([document])).repository.get_many([key]) == {key: document}


def test_a_batch_that_stays_unprocessed_is_unavailable() -> None:
    dynamodb = ScriptedDynamoDB(*[batch([], [a_document()])] * 5)
    with pytest.raises(Unavailable):
        dynamodb.repository.get_many([DocumentKey(OWNER, an_id())])
    assert dynamodb.remaining == []


def test_a_batch_without_keys_sends_no_request() -> None:
    """DynamoDB rejects an empty list of keys, and moto does not."""
    assert ScriptedDynamoDB().repository.get_many([]) == {}


def test_the_arrival_of_the_bytes_is_two_writes_and_a_result_with_renditions_one_transaction() -> None:
    dynamodb = ScriptedDynamoDB({}, {}, {})
    arrival = transition(a_document(), ObjectArrived("v1"))
    dynamodb.repository.apply(arrival)
    rendered = a_passed_step(renditions={"thumb": rendition_facts(size=12)})
    dynamodb.repository.apply(transition(arrival.after, a_suspended_attempt(steps=(rendered,))))
    operations = [operation for operation, _ in dynamodb.requests]
    assert operations == ["PutItem", "UpdateItem", "TransactWriteItems"]


def test_every_read_of_documents_is_consistent() -> None:
    key = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id()}"}}
    dynamodb = ScriptedDynamoDB({}, {"Items": []})
    assert dynamodb.repository.get(OWNER, an_id()) is None
    dynamodb.repository.page(ListQuery(OWNER, 10))
    assert dynamodb.requests[0] == ("GetItem", {"TableName": "documents", "Key": key, "ConsistentRead": True})
    assert dynamodb.requests[1][1]["ConsistentRead"] is True


def test_every_read_of_a_recount_is_consistent() -> None:
    usage = build_item({"pk": OWNER, "sk": "USAGE", "open_uploads": 0, "created": 0, "next_check_at": 0})
    empty: dict[str, Any] = {"Items": []}
    dynamodb = ScriptedDynamoDB({"Items": [usage]}, {"Item": usage}, empty, {}, *[empty] * 7)
    assert list(find_due(dynamodb.repository, NOW)) == []
    reads = dynamodb.requests[1:3]
    assert [operation for operation, _ in reads] == ["GetItem", "Query"]
    assert all(parameters["ConsistentRead"] for _, parameters in reads)


def test_the_items_of_an_owner_share_a_partition_key(table: Table, repository: DynamoDBDocuments) -> None:
    repository.create(a_document(size=70), PLENTY, KEY, NOW)
    items = table.items()
    assert {item["pk"] for item in items.values()} == {OWNER}
    assert set(items) == {f"DOC#{an_id()}", "USAGE", "IDEM#hash-of-the-key"}
    usage = {"reserved_bytes": 70, "open_uploads": 1, "files#2026-05-04": 1, "bytes#2026-05-04": 70}
    assert items["USAGE"].items() >= usage.items()


def test_only_the_idempotency_key_expires(table: Table, repository: DynamoDBDocuments) -> None:
    repository.create(a_document(), PLENTY, KEY, NOW)
    expiries = {sort_key: item.get("ttl") for sort_key, item in table.items().items()}
    assert expiries == {
        f"DOC#{an_id()}": None,
        "USAGE": None,
        "IDEM#hash-of-the-key": int((NOW + DAY).timestamp()),
    }


def test_due_documents_are_read_from_all_pages_of_all_shards() -> None:
    keys = [{"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(number)}"}} for number in range(3)]
    first = {"Items": keys[:1], "LastEvaluatedKey": keys[0]}
    dynamodb = ScriptedDynamoDB(first, {"Items": keys[1:2]}, *[{"Items": []}] * 6, {"Items": keys[2:]})
    assert list(find_due(dynamodb.repository, NOW)) == [(OWNER, an_id(number)) for number in range(3)]
    starts = [parameters.get("ExclusiveStartKey") for _, parameters in dynamodb.requests]
    assert starts == [None, keys[0]] + [None] * 7


def test_every_item_has_the_schema_version(table: Table, repository: DynamoDBDocuments) -> None:
    document = create(repository, key=KEY)
    repository.apply(transition(document, ObjectArrived("v1")))
    repository.quarantine("documents/k", "v1", NOW)
    versions = {sort_key: item["v"] for sort_key, item in table.items().items()}
    assert versions == dict.fromkeys(
        [f"DOC#{document.id}", "USAGE", "IDEM#hash-of-the-key", "documents/k#v1"], SCHEMA_VERSION
    )


def test_a_usage_item_of_a_newer_schema_version_keeps_it(table: Table, repository: DynamoDBDocuments) -> None:
    first = create(repository, 1)
    table.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": OWNER}, "sk": {"S": "USAGE"}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"N": str(SCHEMA_VERSION + 1)}},
    )
    create(repository, 2)
    repository.apply(transition(first, AbortRequested()))
    assert table.usage()["v"] == SCHEMA_VERSION + 1


@pytest.mark.parametrize("sort_key", [f"DOC#{an_id()}", "USAGE", "IDEM#hash-of-the-key"])
def test_an_item_of_a_newer_schema_version_is_an_error(
    table: Table, repository: DynamoDBDocuments, sort_key: str
) -> None:
    create(repository, key=KEY)
    table.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": OWNER}, "sk": {"S": sort_key}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"N": str(SCHEMA_VERSION + 1)}},
    )
    with pytest.raises(SchemaVersionError, match=f"{sort_key} has schema version {SCHEMA_VERSION + 1}"):
        READS[sort_key.partition("#")[0]](repository)


READS: dict[str, Callable[[DynamoDBDocuments], object]] = {
    "DOC": lambda repository: repository.get(OWNER, an_id()),
    "USAGE": lambda repository: due_ids(repository, NOW + 2 * DAY),
    "IDEM": lambda repository: create(repository, 1, key=KEY),
}
