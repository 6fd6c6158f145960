"""What only the table has: its layout, its errors, its pages, and two requests in the middle of each other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from functions.adapters.dynamodb import DynamoRecords
from functions.adapters.items import document_to_item, to_item
from functions.core.document import Status
from functions.core.errors import TooMany, Unavailable, WrongState
from functions.core.events import AbortRequested, Arrived, Transition
from functions.core.lifecycle import decide
from functions.core.ports import Conflict, IdempotencyKey, ListQuery
from functions.core.quota import Limits
from tests.adapters.conftest import REGION, Table
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = IdempotencyKey("hash-of-the-key", "fingerprint")
BUSY = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "TransactionInProgressException",
]


@pytest.fixture
def records(table: Table) -> DynamoRecords:
    return DynamoRecords(table.client, table.name)


@pytest.fixture
def stubber() -> Stubber:
    """Of a client that reaches nothing, and that does not retry by itself."""
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(client)


def stubbed(stubber: Stubber) -> DynamoRecords:
    stubber.activate()
    return DynamoRecords(cast("DynamoDBClient", stubber.client), "documents")


def after(event: Any) -> Transition:
    decision = decide(a_document(), event, NOW)
    assert isinstance(decision, Transition)
    return decision


CALLS: dict[str, tuple[str, Callable[[DynamoRecords], object]]] = {
    "get": ("get_item", lambda records: records.get(OWNER, an_id())),
    "page": ("query", lambda records: records.page(ListQuery(OWNER, 10))),
    "due": ("query", lambda records: list(records.due(NOW))),
    "create": ("transact_write_items", lambda records: records.create(a_document(), PLENTY, None, NOW)),
    "change": ("put_item", lambda records: records.apply(after(Arrived("v1")))),
    "release": ("transact_write_items", lambda records: records.apply(after(AbortRequested()))),
}
each_call = pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize("code", BUSY)
def test_a_busy_table_is_unavailable_for_a_moment(
    stubber: Stubber, operation: str, call: Callable[[DynamoRecords], object], code: str
) -> None:
    stubber.add_client_error(operation, code, http_status_code=400)
    with pytest.raises(Unavailable) as error:
        call(stubbed(stubber))
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@each_call
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]
)
def test_what_no_retry_mends_is_not_hidden(
    stubber: Stubber, operation: str, call: Callable[[DynamoRecords], object], code: str
) -> None:
    stubber.add_client_error(operation, code, http_status_code=400)
    with pytest.raises(ClientError):
        call(stubbed(stubber))


@each_call
@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="http://x"), ReadTimeoutError(endpoint_url="http://x")]
)
def test_a_table_that_cannot_be_reached_is_unavailable(
    stubber: Stubber, operation: str, call: Callable[[DynamoRecords], object], error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    stubber.client.meta.events.register("before-call.dynamodb", fail)
    with pytest.raises(Unavailable):
        call(DynamoRecords(cast("DynamoDBClient", stubber.client), "documents"))


def cancelled(stubber: Stubber, *codes: str) -> None:
    reasons = [{"Code": code} for code in codes]
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        http_status_code=400,
        modeled_fields={"CancellationReasons": reasons},
    )


def test_a_create_that_collides_with_another_tries_again(stubber: Stubber) -> None:
    cancelled(stubber, "None", "TransactionConflict", "None")
    stubber.add_response("transact_write_items", {})
    stubbed(stubber).create(a_document(), PLENTY, None, NOW)
    stubber.assert_no_pending_responses()


def test_a_release_that_collides_with_another_tries_again(stubber: Stubber) -> None:
    cancelled(stubber, "None", "TransactionConflict")
    stubber.add_response("transact_write_items", {})
    stubbed(stubber).apply(after(AbortRequested()))
    stubber.assert_no_pending_responses()


def test_a_release_of_a_changed_record_is_a_conflict_and_is_not_tried_again(stubber: Stubber) -> None:
    cancelled(stubber, "ConditionalCheckFailed", "None")
    with pytest.raises(Conflict):
        stubbed(stubber).apply(after(AbortRequested()))


def test_a_create_that_collides_again_and_again_is_unavailable(stubber: Stubber) -> None:
    for _ in range(5):
        cancelled(stubber, "None", "TransactionConflict", "None")
    with pytest.raises(Unavailable):
        stubbed(stubber).create(a_document(), PLENTY, None, NOW)


def test_a_create_whose_quota_is_free_again_when_it_looks_tries_again(stubber: Stubber) -> None:
    cancelled(stubber, "None", "ConditionalCheckFailed", "None")
    stubber.add_response("get_item", {})
    stubber.add_response("get_item", {})
    stubber.add_response("transact_write_items", {})
    stubbed(stubber).create(a_document(), PLENTY, None, NOW)
    stubber.assert_no_pending_responses()


def test_a_create_under_a_key_that_is_just_being_deleted_is_unavailable(stubber: Stubber) -> None:
    cancelled(stubber, "None", "None", "None", "ConditionalCheckFailed")
    stubber.add_response("get_item", {})
    with pytest.raises(Unavailable):
        stubbed(stubber).create(a_document(), PLENTY, KEY, NOW)


def test_a_file_that_never_fits_is_refused_without_a_call(stubber: Stubber) -> None:
    with pytest.raises(WrongState):
        stubbed(stubber).create(a_document(size=11), replace(PLENTY, stored_bytes=10), None, NOW)


@pytest.mark.parametrize(
    "limits",
    [replace(PLENTY, open_uploads=1), replace(PLENTY, stored_bytes=150), replace(PLENTY, daily_bytes=150)],
)
def test_of_two_creates_that_together_exceed_a_limit_one_is_refused(
    table: Table, records: DynamoRecords, limits: Limits
) -> None:
    """The other one is written when this one has decided to write and its transaction is on the way."""
    waiting = [a_document(id=an_id(2), size=100)]

    def overtake(**_: object) -> None:
        if waiting:
            records.create(waiting.pop(), limits, None, NOW)

    table.client.meta.events.register(
        "before-call.dynamodb.TransactWriteItems", overtake, unique_id="overtake"
    )
    try:
        with pytest.raises((TooMany, WrongState)):
            records.create(a_document(id=an_id(1), size=100), limits, None, NOW)
    finally:
        table.client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", unique_id="overtake")
    assert records.get(OWNER, an_id(1)) is None
    assert records.get(OWNER, an_id(2)) is not None


def test_every_read_is_consistent(stubber: Stubber) -> None:
    key = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id()}"}}
    stubber.add_response("get_item", {}, {"TableName": "documents", "Key": key, "ConsistentRead": True})
    assert stubbed(stubber).get(OWNER, an_id()) is None


def test_the_layout_is_one_collection_an_owner(table: Table, records: DynamoRecords) -> None:
    records.create(a_document(size=70), PLENTY, KEY, NOW)
    items = {str(item["sk"]["S"]): item for item in table.items()}  # type: ignore[index]
    assert {str(item["pk"]["S"]) for item in items.values()} == {OWNER}  # type: ignore[index]
    assert set(items) == {f"DOC#{an_id()}", "USAGE", "DAY#2026-05-04", "IDEM#hash-of-the-key"}
    assert items["USAGE"].items() >= to_item({"charged_bytes": 70, "open_uploads": 1}).items()
    assert items["DAY#2026-05-04"].items() >= to_item({"files": 1, "bytes": 70}).items()


def test_only_what_is_garbage_one_day_has_a_time_to_live(table: Table, records: DynamoRecords) -> None:
    records.create(a_document(), PLENTY, KEY, NOW)
    lives = {str(item["sk"]["S"])[:4]: item.get("ttl") for item in table.items()}  # type: ignore[index]
    noon = int(NOW.timestamp())
    assert lives == {
        "DOC#": None,
        "USAG": None,
        "DAY#": {"N": str(noon + 2 * 86_400)},
        "IDEM": {"N": str(noon + 86_400)},
    }


def test_a_rare_status_among_many_documents_is_found(table: Table, records: DynamoRecords) -> None:
    """More than one read of a page; its 200 items hold no match."""
    rare = a_document(id=an_id(1), status=Status.ABORTED)
    others = [a_document(id=an_id(number)) for number in range(2, 230)]
    for start in range(0, 229, 25):
        puts = [document_to_item(document) for document in [rare, *others][start : start + 25]]
        table.client.batch_write_item(
            RequestItems={table.name: [{"PutRequest": {"Item": put}} for put in puts]}
        )
    page = records.page(ListQuery(OWNER, 3, status=Status.ABORTED))
    assert (page.documents, page.next_before) == ((rare,), None)


def test_a_list_in_which_nothing_matches_for_long_is_a_short_page_that_goes_on(stubber: Stubber) -> None:
    for number in range(10):
        last = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(99 - number)}"}}
        stubber.add_response("query", {"Items": [], "LastEvaluatedKey": last})
    page = stubbed(stubber).page(ListQuery(OWNER, 3, status=Status.ABORTED))
    assert (page.documents, page.next_before) == ((), an_id(90))


def test_a_page_stops_reading_when_it_is_full(stubber: Stubber) -> None:
    held = [a_document(id=an_id(number)) for number in (9, 8, 7)]
    last = {"pk": {"S": OWNER}, "sk": {"S": f"DOC#{an_id(7)}"}}
    items = [document_to_item(document) for document in held]
    stubber.add_response("query", {"Items": items, "LastEvaluatedKey": last})
    page = stubbed(stubber).page(ListQuery(OWNER, 2))
    assert (page.documents, page.next_before) == (tuple(held[:2]), an_id(8))


def test_the_clock_of_a_day_is_utc(table: Table, records: DynamoRecords) -> None:
    records.create(a_document(), PLENTY, None, NOW.replace(hour=23, minute=59) + timedelta(seconds=59))
    assert "DAY#2026-05-04" in {str(item["sk"]["S"]) for item in table.items()}  # type: ignore[index]
