"""What only the table has: its layout, its errors, its pages, and two requests in the middle of each other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import document_to_item, to_item
from functions.domain.document import Status
from functions.domain.errors import TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, ObjectArrived, Transition
from functions.domain.quota import Limits
from functions.domain.repository import Conflict, IdempotencyKey, ListQuery
from functions.domain.states import decide
from tests.adapters.conftest import REGION, Table
from tests.adapters.visits import usage_of
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.table_server import table_client

KEY = IdempotencyKey("hash-of-the-key", "fingerprint")
BUSY = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "TransactionInProgressException",
]


@pytest.fixture
def repository(table: Table) -> DynamoDBDocuments:
    return table.repository


class Script:
    """A DynamoDB that gives these answers, or raises them, and notes what it was asked."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.left = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append((operation, parameters))
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def repository(self) -> DynamoDBDocuments:
        return DynamoDBDocuments(self, "documents")


def after(event: Any) -> Transition:
    decision = decide(a_document(), event, NOW)
    assert isinstance(decision, Transition)
    return decision


CALLS: dict[str, Callable[[DynamoDBDocuments], object]] = {
    "get": lambda repository: repository.get(OWNER, an_id()),
    "page": lambda repository: repository.page(ListQuery(OWNER, 10)),
    "due": lambda repository: list(repository.due(NOW)),
    "create": lambda repository: repository.create(a_document(), PLENTY, None, NOW),
    "change": lambda repository: repository.apply(after(ObjectArrived("v1"))),
    "release": lambda repository: repository.apply(after(AbortRequested())),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize("code", BUSY)
def test_a_busy_table_is_unavailable_for_a_moment(
    call: Callable[[DynamoDBDocuments], object], code: str
) -> None:
    with pytest.raises(Unavailable) as error:
        call(Script(DynamoDBError(code, {})).repository)
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@each_call
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]
)
def test_what_no_retry_mends_is_not_hidden(call: Callable[[DynamoDBDocuments], object], code: str) -> None:
    with pytest.raises(DynamoDBError, match=code):
        call(Script(DynamoDBError(code, {})).repository)


@each_call
def test_a_table_that_cannot_be_reached_is_unavailable(call: Callable[[DynamoDBDocuments], object]) -> None:
    with pytest.raises(Unavailable):
        call(Script(ConnectionError()).repository)


def cancelled(*codes: str) -> DynamoDBError:
    reasons = [{"Code": code} for code in codes]
    return DynamoDBError("TransactionCanceledException", {"CancellationReasons": reasons})


def test_a_create_that_collides_with_another_tries_again() -> None:
    script = Script(cancelled("None", "TransactionConflict"), {})
    script.repository.create(a_document(), PLENTY, None, NOW)
    assert script.left == []


def test_a_release_that_collides_with_another_tries_again() -> None:
    script = Script(cancelled("None", "TransactionConflict"), {})
    script.repository.apply(after(AbortRequested()))
    assert script.left == []


def test_a_release_of_a_changed_record_is_a_conflict_and_is_not_tried_again() -> None:
    with pytest.raises(Conflict):
        Script(cancelled("ConditionalCheckFailed", "None")).repository.apply(after(AbortRequested()))


def test_a_create_that_collides_again_and_again_is_unavailable() -> None:
    script = Script(*[cancelled("None", "TransactionConflict")] * 5)
    with pytest.raises(Unavailable):
        script.repository.create(a_document(), PLENTY, None, NOW)


def test_a_create_whose_quota_is_free_again_when_it_looks_tries_again() -> None:
    script = Script(cancelled("None", "ConditionalCheckFailed"), {}, {})
    script.repository.create(a_document(), PLENTY, None, NOW)
    assert script.left == []


def test_a_create_under_a_key_that_is_just_being_deleted_is_unavailable() -> None:
    script = Script(cancelled("None", "None", "ConditionalCheckFailed"), {})
    with pytest.raises(Unavailable):
        script.repository.create(a_document(), PLENTY, KEY, NOW)


def test_a_file_that_never_fits_is_refused_without_a_call() -> None:
    with pytest.raises(WrongState):
        Script().repository.create(a_document(size=11), replace(PLENTY, stored_bytes=10), None, NOW)


@pytest.mark.parametrize(
    "limits",
    [replace(PLENTY, open_uploads=1), replace(PLENTY, stored_bytes=150), replace(PLENTY, daily_bytes=150)],
)
def test_of_two_creates_that_together_exceed_a_limit_one_is_refused(
    table: Table, repository: DynamoDBDocuments, limits: Limits
) -> None:
    """The other one is written when this one has decided to write and its transaction is on the way."""
    waiting = [a_document(id=an_id(2), size=100)]

    def overtaken(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "TransactWriteItems" and waiting:
            repository.create(waiting.pop(), limits, None, NOW)
        return table_client(REGION)(operation, **parameters)

    with pytest.raises((TooMany, WrongState)):
        DynamoDBDocuments(overtaken, table.name).create(a_document(id=an_id(1), size=100), limits, None, NOW)
    assert repository.get(OWNER, an_id(1)) is None
    assert repository.get(OWNER, an_id(2)) is not None


def test_every_read_is_consistent() -> None:
    key, script = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id()}"}}, Script({}, {"Items": []})
    assert script.repository.get(OWNER, an_id()) is None
    script.repository.page(ListQuery(OWNER, 10))
    assert script.asked[0] == ("GetItem", {"TableName": "documents", "Key": key, "ConsistentRead": True})
    assert script.asked[1][1]["ConsistentRead"] is True


def test_the_layout_is_one_collection_an_owner(table: Table, repository: DynamoDBDocuments) -> None:
    repository.create(a_document(size=70), PLENTY, KEY, NOW)
    items = {str(item["sk"]["S"]): item for item in table.items()}  # type: ignore[index]
    assert {str(item["pk"]["S"]) for item in items.values()} == {OWNER}  # type: ignore[index]
    assert set(items) == {f"DOC#{an_id()}", "USAGE", "IDEM#hash-of-the-key"}
    held = {"reserved_bytes": 70, "open_uploads": 1, "files#2026-05-04": 1, "bytes#2026-05-04": 70}
    assert items["USAGE"].items() >= to_item(held).items()


def test_only_what_is_garbage_one_day_has_a_time_to_live(table: Table, repository: DynamoDBDocuments) -> None:
    repository.create(a_document(), PLENTY, KEY, NOW)
    lives = {str(item["sk"]["S"])[:4]: item.get("ttl") for item in table.items()}  # type: ignore[index]
    noon = int(NOW.timestamp())
    assert lives == {
        "DOC#": None,
        "USAG": None,
        "IDEM": {"N": str(noon + 86_400)},
    }


def test_a_rare_status_among_many_documents_is_found(table: Table, repository: DynamoDBDocuments) -> None:
    """More than one read of a page; its 200 items hold no match."""
    rare = a_document(id=an_id(1), status=Status.ABORTED)
    others = [a_document(id=an_id(number)) for number in range(2, 230)]
    for start in range(0, 229, 25):
        puts = [document_to_item(document) for document in [rare, *others][start : start + 25]]
        table.client.batch_write_item(
            RequestItems={table.name: [{"PutRequest": {"Item": put}} for put in puts]}
        )
    page = repository.page(ListQuery(OWNER, 3, status=Status.ABORTED))
    assert (page.documents, page.next_before) == ((rare,), None)


def test_a_list_in_which_nothing_matches_for_long_is_a_short_page_that_goes_on() -> None:
    script = Script(
        *(
            {"Items": [], "LastEvaluatedKey": {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(99 - number)}"}}}
            for number in range(10)
        )
    )
    page = script.repository.page(ListQuery(OWNER, 3, status=Status.ABORTED))
    assert (page.documents, page.next_before) == ((), an_id(90))


def test_a_page_stops_reading_when_it_is_full() -> None:
    held = [a_document(id=an_id(number)) for number in (9, 8, 7)]
    last = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(7)}"}}
    script = Script({"Items": [document_to_item(document) for document in held], "LastEvaluatedKey": last})
    page = script.repository.page(ListQuery(OWNER, 2))
    assert (page.documents, page.next_before) == (tuple(held[:2]), an_id(8))


def test_what_is_due_is_read_to_the_end_of_every_shard() -> None:
    keys = [{"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(number)}"}} for number in range(3)]
    first = {"Items": keys[:1], "LastEvaluatedKey": keys[0]}
    script = Script(first, {"Items": keys[1:2]}, *[{"Items": []}] * 6, {"Items": keys[2:]})
    assert list(script.repository.due(NOW)) == [(OWNER, an_id(number)) for number in range(3)]
    assert [asked.get("ExclusiveStartKey") for _, asked in script.asked] == [None, keys[0]] + [None] * 7


@pytest.mark.parametrize("offset", [-11, 0, 11])
def test_the_clock_of_a_day_is_utc(table: Table, repository: DynamoDBDocuments, offset: int) -> None:
    last = NOW.replace(hour=23, minute=59, second=59)
    repository.create(a_document(), PLENTY, None, last.astimezone(timezone(timedelta(hours=offset))))
    assert {"files#2026-05-04", "bytes#2026-05-04"} <= usage_of(table).keys()
