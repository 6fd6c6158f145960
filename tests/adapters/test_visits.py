"""One entry an owner in the index of what is due, and the visits that it leads to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import from_item, to_item
from functions.domain.document import Document, Status
from functions.domain.effects import LEASE
from functions.domain.errors import TooMany
from functions.domain.events import AbortRequested, AttemptFailed, ObjectArrived, Promoted, RedriveRequested
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.ids import uuid7
from tests.adapters.conftest import REGION, Table
from tests.adapters.repository import create, lead
from tests.adapters.visits import due, usage_of
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.table_server import table_client

DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
LATER = NOW + DAY + A_SECOND
"""Once the uploads that were opened NOW are due."""


@pytest.fixture
def repository(table: Table) -> DynamoDBDocuments:
    return table.repository


def ready(repository: DynamoDBDocuments, document: Document) -> None:
    lead(repository, document, ObjectArrived("v1"), Promoted(1, "image/png", None, "d1"))


def entries(table: Table) -> list[str]:
    """Of the index, by the sort keys of their items."""
    return sorted(str(from_item(item)["sk"]) for item in table.items() if "due_shard" in item)  # type: ignore[arg-type]


class Interrupted:
    """A table whose `operation` does not come through, but for what `error` is raised after."""

    def __init__(self, operation: str, *errors: Exception) -> None:
        self.operation = operation
        self.errors = list(errors)
        self.tried = 0

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == self.operation:
            self.tried += 1
            if self.errors:
                raise self.errors.pop(0)
        return table_client(REGION)(operation, **parameters)


def test_all_uploads_of_an_owner_share_one_entry_in_the_index(
    table: Table, repository: DynamoDBDocuments
) -> None:
    for number in range(3):
        create(repository, number)
    assert entries(table) == ["USAGE"]


def test_an_upload_on_its_way_never_writes_to_the_index(table: Table, repository: DynamoDBDocuments) -> None:
    create(repository, 1)
    before = usage_of(table)["next_check_at"], entries(table)
    document = create(repository, 2)
    for event in (ObjectArrived("v1"), Promoted(1, "image/png", None, "d1")):
        document = lead(repository, document, event)
        assert (usage_of(table)["next_check_at"], entries(table)) == before


def test_a_visit_that_finds_nothing_open_is_the_last(table: Table, repository: DynamoDBDocuments) -> None:
    ready(repository, create(repository))
    assert due(repository, LATER) == []
    assert entries(table) == []
    create(repository, 2)
    assert entries(table) == ["USAGE"]


def test_a_visit_that_finds_nothing_due_is_made_again_when_something_will_be(
    table: Table, repository: DynamoDBDocuments
) -> None:
    ready(repository, create(repository, 1))
    second = create(repository, 2, upload_deadline=NOW + 3 * DAY)
    create(repository, 3, upload_deadline=NOW + 2 * DAY)
    assert due(repository, LATER) == []
    assert usage_of(table)["next_check_at"] == int((NOW + 2 * DAY).timestamp())
    assert due(repository, second.upload_deadline + A_SECOND) == [an_id(2), an_id(3)]


def test_what_was_not_counted_when_it_ended_is_counted_by_the_visit(table: Table) -> None:
    repository = DynamoDBDocuments(Interrupted("UpdateItem", ConnectionError()), table.name)
    ready(repository, create(repository, 1))
    assert usage_of(table)["open_uploads"] == 1
    due(repository, LATER)
    assert usage_of(table)["open_uploads"] == 0


def test_what_is_open_is_counted_by_the_visit_too(table: Table, repository: DynamoDBDocuments) -> None:
    ready(repository, create(repository, 1))
    for number in (2, 3):
        create(repository, number, upload_deadline=NOW + 9 * DAY)
    due(repository, LATER)
    assert usage_of(table)["open_uploads"] == 2
    with pytest.raises(TooMany):
        create(repository, 4, limits=replace(PLENTY, open_uploads=2))


def test_whoever_is_refused_for_uploads_that_have_ended_is_counted_soon(table: Table) -> None:
    limits = replace(PLENTY, open_uploads=2)
    repository = DynamoDBDocuments(Interrupted("UpdateItem", *[ConnectionError()] * 2), table.name)
    for number in range(2):
        ready(repository, create(repository, number))
    assert due(repository, NOW + A_SECOND) == []
    with pytest.raises(TooMany):
        create(repository, 3, limits)
    before = usage_of(table)
    with pytest.raises(TooMany):
        create(repository, 3, limits)
    assert usage_of(table) == before

    assert due(repository, NOW + LEASE + 2 * A_SECOND) == []
    create(repository, 3, limits)


def test_whoever_has_as_many_open_as_may_be_stays_refused(repository: DynamoDBDocuments) -> None:
    limits = replace(PLENTY, open_uploads=1)
    create(repository, 1, limits)
    for _ in range(2):
        with pytest.raises(TooMany):
            create(repository, 2, limits)
        assert due(repository, NOW + A_SECOND) == []


def test_an_end_that_finds_the_item_in_use_is_counted_a_moment_later(table: Table) -> None:
    busy = Interrupted("UpdateItem", *[DynamoDBError("TransactionConflictException", {})] * 2)
    repository = DynamoDBDocuments(busy, table.name)
    ready(repository, create(repository))
    assert usage_of(table)["open_uploads"] == 0
    assert busy.tried == 3


@pytest.mark.parametrize("lost", [ConnectionError(), DynamoDBError("InternalServerError", {})])
def test_an_end_whose_count_may_have_been_written_is_not_counted_twice(table: Table, lost: Exception) -> None:
    unsure = Interrupted("UpdateItem", lost)
    repository = DynamoDBDocuments(unsure, table.name)
    ready(repository, create(repository))
    assert unsure.tried == 1


def test_a_count_that_no_retry_mends_is_not_hidden(table: Table) -> None:
    repository = DynamoDBDocuments(
        Interrupted("UpdateItem", DynamoDBError("AccessDeniedException", {})), table.name
    )
    with pytest.raises(DynamoDBError):
        ready(repository, create(repository))


def test_an_upload_that_is_opened_during_a_visit_is_visited_and_counted(
    table: Table, repository: DynamoDBDocuments
) -> None:
    ready(repository, create(repository, 1))
    opened = [a_document(id=an_id(2), upload_deadline=NOW + 2 * DAY)]

    def overtaken(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and opened:
            repository.create(opened.pop(), PLENTY, None, NOW)
        return table_client(REGION)(operation, **parameters)

    assert due(DynamoDBDocuments(overtaken, table.name), LATER) == []
    assert (usage_of(table)["open_uploads"], entries(table)) == (1, ["USAGE"])
    assert due(repository, NOW + 3 * DAY) == [an_id(2)]


def test_an_upload_that_is_closed_during_a_visit_is_counted_once(
    table: Table, repository: DynamoDBDocuments
) -> None:
    ready(repository, create(repository, 1))
    open_ones = [create(repository, number, upload_deadline=NOW + 9 * DAY) for number in (2, 3)]

    def overtaken(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and len(open_ones) == 2:
            lead(repository, open_ones.pop(), AbortRequested())
        return table_client(REGION)(operation, **parameters)

    due(DynamoDBDocuments(overtaken, table.name), LATER)
    assert usage_of(table)["open_uploads"] == 1
    due(repository, LATER)
    assert usage_of(table)["open_uploads"] == 1


def test_an_upload_whose_end_is_being_counted_during_a_visit_is_counted_once(
    table: Table, repository: DynamoDBDocuments
) -> None:
    soon = NOW + 2 * A_SECOND
    visits = [lambda: due(repository, soon)]

    def overtaken(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and visits:
            assert visits.pop()() == []
        return table_client(REGION)(operation, **parameters)

    first = create(repository, 1, upload_deadline=NOW + A_SECOND)
    create(repository, 2, upload_deadline=NOW + 9 * DAY)
    ready(DynamoDBDocuments(overtaken, table.name), first)

    assert visits == []
    assert usage_of(table)["open_uploads"] == 1
    due(repository, soon + LEASE)
    assert usage_of(table)["open_uploads"] == 1
    assert usage_of(table)["next_check_at"] == int((NOW + 9 * DAY).timestamp())


def test_an_upload_that_is_opened_again_is_counted_however_old_it_is(
    table: Table, repository: DynamoDBDocuments
) -> None:
    document = create(repository, 1)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        document = lead(repository, document, ObjectArrived("v1"), AttemptFailed(attempt))
    assert document.status is Status.FAILED
    late = NOW + 30 * DAY
    ready(repository, create(repository, id=uuid7(late, bytes(10)), created_at=late, upload_deadline=late))
    due(repository, late + DAY)
    assert usage_of(table)["open_uploads"] == 0

    document = lead(repository, document, RedriveRequested())
    create(repository, 3, upload_deadline=late + 9 * DAY)
    assert due(repository, late + 9 * DAY + A_SECOND) == [an_id(1), an_id(3)]
    assert usage_of(table)["open_uploads"] == 2


def test_a_visit_reads_no_document_that_ended_long_before_an_earlier_one(table: Table) -> None:
    read: list[int] = []

    def watched(operation: str, **parameters: Any) -> dict[str, Any]:
        answer = table_client(REGION)(operation, **parameters)
        if operation == "Query" and "IndexName" not in parameters:
            read.append(len(answer["Items"]))
        return answer

    repository = DynamoDBDocuments(watched, table.name)
    for number in range(5):
        ready(repository, create(repository, number))
    for days in (1, 2, 3):
        due(repository, NOW + days * DAY + A_SECOND)
        then = NOW + days * DAY
        created = create(repository, id=uuid7(then, bytes(10)), created_at=then, upload_deadline=then + DAY)
        ready(repository, created)
    assert read == [5, 6, 2]


def test_an_upload_that_a_slow_clock_opened_is_visited_too(
    table: Table, repository: DynamoDBDocuments
) -> None:
    ready(repository, create(repository, 1))
    due(repository, LATER)
    before = NOW - timedelta(minutes=30)
    slow = create(repository, id=uuid7(before, bytes(10)), created_at=before, upload_deadline=before + DAY)
    assert due(repository, LATER) == [slow.id]


def test_days_that_are_over_are_forgotten(table: Table, repository: DynamoDBDocuments) -> None:
    for days in range(3):
        repository.create(a_document(id=an_id(days)), PLENTY, None, NOW + days * DAY)
        lead(repository, a_document(id=an_id(days)), AbortRequested())
    due(repository, NOW + 2 * DAY)
    counted = {name for name in usage_of(table) if "#" in name}
    assert counted == {"files#2026-05-05", "bytes#2026-05-05", "files#2026-05-06", "bytes#2026-05-06"}


def test_an_entry_that_the_index_still_shows_leads_to_no_second_visit(
    table: Table, repository: DynamoDBDocuments
) -> None:
    create(repository, 1, upload_deadline=NOW + 9 * DAY)
    stale = {"Items": [to_item({"pk": OWNER, "sk": "USAGE"})]}

    def lagging(operation: str, **parameters: Any) -> dict[str, Any]:
        if "IndexName" in parameters:
            return stale
        assert operation == "GetItem"
        return table_client(REGION)(operation, **parameters)

    assert due(DynamoDBDocuments(lagging, table.name), LATER) == []
