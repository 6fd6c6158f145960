"""Recounts while the owner goes on: bounded, never too low, and at their end in spite of every new document."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.recounts import MAX_PAGES
from functions.domain.document import Document
from functions.domain.effects import LEASE
from functions.domain.events import AbortRequested, ObjectArrived
from functions.domain.ids import uuid7
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.moto_account import REGION, Table
from tests.repository_steps import DAY, SECOND, a_completed_attempt, create, due_ids, transition
from tests.table_server import table_client

LATER = NOW + DAY + SECOND
"""A time at which the first upload is due."""


@dataclass
class PagedDynamoDB:
    """A DynamoDB whose queries of documents return `page_size` of them, as if each had many kilobytes.

    `lose_decrements` drops every update that only closes an upload.
    """

    page_size: int = 2
    queries: int = 0
    loses_decrements: bool = False
    before_query: list[Any] = field(default_factory=list)

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "Query" and "IndexName" not in parameters:
            self.queries += 1
            parameters["Limit"] = self.page_size
            for act in self.before_query:
                act()
        if operation == "UpdateItem" and self.loses_decrements:
            raise ConnectionError
        return table_client(REGION)(operation, **parameters)


def close(repository: DynamoDBDocuments, document: Document, at: datetime) -> None:
    """Lets the bytes of an upload arrive, and promotes it."""
    for event in (ObjectArrived("v1"), a_completed_attempt()):
        change = transition(document, event, at)
        repository.apply(change)
        document = change.after


def lose(table: Table, *numbers: int) -> None:
    """Creates uploads that become `ready` while the number of open uploads stays."""
    losing = DynamoDBDocuments(PagedDynamoDB(loses_decrements=True), table.name)
    for number in numbers:
        close(losing, create(losing, number), NOW + SECOND)


@pytest.fixture
def dynamodb() -> PagedDynamoDB:
    return PagedDynamoDB()


@pytest.fixture
def repository(table: Table, dynamodb: PagedDynamoDB) -> DynamoDBDocuments:
    return DynamoDBDocuments(dynamodb, table.name)


def create_at(repository: DynamoDBDocuments, now: datetime, number: int) -> Document:
    document = a_document(
        id=uuid7(now, number.to_bytes(10)), created_at=now, updated_at=now, upload_deadline=now + DAY
    )
    repository.create(document, PLENTY, None, now)
    return document


def test_a_sweep_reads_a_bounded_number_of_pages_and_the_next_one_continues(
    table: Table, dynamodb: PagedDynamoDB, repository: DynamoDBDocuments
) -> None:
    dynamodb.page_size = 1
    lose(table, *range(5))
    for number in range(5, MAX_PAGES + 6):
        create(repository, number, upload_deadline=NOW + 9 * DAY)
    late = create(repository, MAX_PAGES + 6)
    assert due_ids(repository, LATER) == []
    assert (dynamodb.queries, table.usage()["open_uploads"]) == (MAX_PAGES, MAX_PAGES + 7)
    assert due_ids(repository, LATER + SECOND) == [late.id]
    assert dynamodb.queries == MAX_PAGES + 8
    assert table.usage()["open_uploads"] == MAX_PAGES + 2
    assert "recount" not in table.usage()


@pytest.mark.parametrize(("seconds", "hidden"), [(0, 4), (61, 0)])
def test_a_recount_settles_while_the_owner_creates_without_pause(
    table: Table, dynamodb: PagedDynamoDB, repository: DynamoDBDocuments, seconds: int, hidden: int
) -> None:
    """Documents that are created while it reads may hide as many lost decrements until the next recount."""
    lose(table, *range(4))
    created: list[Document] = []

    def create_another() -> None:
        at = LATER + seconds * SECOND
        created.append(create_at(table.repository, at, len(created)))

    dynamodb.before_query.append(create_another)
    assert due_ids(repository, LATER) == []
    assert len(created) <= MAX_PAGES
    assert table.usage()["open_uploads"] == len(created) + hidden


def test_documents_that_are_created_long_after_the_start_are_not_counted(
    table: Table, dynamodb: PagedDynamoDB, repository: DynamoDBDocuments
) -> None:
    dynamodb.page_size = 1
    lose(table, *range(MAX_PAGES + 1))
    due_ids(repository, LATER)
    for number in range(30):
        create_at(repository, LATER + timedelta(minutes=2), number)
    queries = dynamodb.queries
    due_ids(repository, LATER + timedelta(minutes=15))
    assert dynamodb.queries - queries <= 2
    assert table.usage()["open_uploads"] == 30


def test_an_upload_that_closes_between_two_parts_of_a_recount_is_subtracted_once(
    table: Table, dynamodb: PagedDynamoDB, repository: DynamoDBDocuments
) -> None:
    dynamodb.page_size = 1
    documents = [create(repository, number, upload_deadline=NOW + 9 * DAY) for number in range(MAX_PAGES)]
    documents += [create(repository, MAX_PAGES), create(repository, MAX_PAGES + 1)]
    due_ids(repository, LATER)
    close(repository, documents[-1], LATER + SECOND)
    close(repository, documents[0], LATER + SECOND)
    assert table.usage()["open_uploads"] == MAX_PAGES
    due_ids(repository, LATER + 2 * LEASE)
    assert table.usage()["open_uploads"] == MAX_PAGES


def test_an_upload_that_closed_just_before_is_left_to_the_next_recount(
    table: Table, repository: DynamoDBDocuments
) -> None:
    """Its function may be about to decrement the number."""
    lose(table, 0)
    now = NOW + SECOND + LEASE
    assert now < LATER
    create(repository, 5, upload_deadline=NOW + 9 * DAY)
    table.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": OWNER}, "sk": {"S": "USAGE"}},
        UpdateExpression="SET next_check_at = :now",
        ExpressionAttributeValues={":now": {"N": "0"}},
    )
    due_ids(repository, now - SECOND)
    assert table.usage()["open_uploads"] == 2
    due_ids(repository, now + LEASE)
    assert table.usage()["open_uploads"] == 1


def test_two_recounts_at_once_subtract_once(table: Table) -> None:
    lose(table, 0, 1)
    create(table.repository, 2, upload_deadline=NOW + 9 * DAY)
    others = [lambda: due_ids(table.repository, LATER)]

    def recount_before_the_write(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and others:
            assert others.pop()() == []
        return table_client(REGION)(operation, **parameters)

    due_ids(DynamoDBDocuments(recount_before_the_write, table.name), LATER)
    assert others == []
    assert table.usage()["open_uploads"] == 1


def test_an_owner_who_creates_meanwhile_is_recounted_within_an_hour(
    table: Table, dynamodb: PagedDynamoDB, repository: DynamoDBDocuments
) -> None:
    """The deadline of a new document is unknown to the recount."""
    repository.apply(transition(create(repository), AbortRequested()))
    dynamodb.before_query.append(lambda: create(table.repository, 7, upload_deadline=LATER + SECOND))
    due_ids(repository, LATER)
    dynamodb.before_query.clear()
    assert table.usage()["next_check_at"] <= int((LATER + timedelta(hours=1)).timestamp())
    assert due_ids(repository, LATER + timedelta(hours=1, seconds=1)) == [an_id(7)]
