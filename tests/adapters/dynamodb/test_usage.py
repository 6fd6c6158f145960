"""The usage of an owner: one entry in the index `due`, and recounts of open uploads."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.usage import RECHECK
from functions.domain.document import Document, Status
from functions.domain.effects import LEASE
from functions.domain.errors import TooMany
from functions.domain.events import AbortRequested, ObjectArrived, RedriveRequested
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.ids import uuid7
from functions.domain.repository import Conflict
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.moto_account import REGION, Table
from tests.repository_steps import (
    DAY,
    SECOND,
    a_completed_attempt,
    a_crashed_attempt,
    a_rejected_attempt,
    a_suspended_attempt,
    a_waiting_step,
    apply_events,
    create,
    due_ids,
    transition,
)
from tests.table_server import table_client

AFTER_DEADLINE = NOW + DAY + SECOND
"""A time at which uploads that were created NOW are due."""


def make_ready(repository: DynamoDBDocuments, document: Document) -> None:
    apply_events(repository, document, ObjectArrived("v1"), a_completed_attempt())


def index_entries(table: Table) -> list[str]:
    """Returns the sort keys of all items in the index `due`."""
    return sorted(sort_key for sort_key, item in table.items().items() if "due_shard" in item)


@pytest.fixture
def repository(table: Table) -> DynamoDBDocuments:
    return table.repository


class FailingDynamoDB:
    """A DynamoDB that raises `errors` for the first calls of `operation`, and counts these calls."""

    def __init__(self, operation: str, *errors: Exception) -> None:
        self.operation = operation
        self.errors = list(errors)
        self.calls = 0

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == self.operation:
            self.calls += 1
            if self.errors:
                raise self.errors.pop(0)
        return table_client(REGION)(operation, **parameters)


def test_all_uploads_of_an_owner_share_one_index_entry(table: Table, repository: DynamoDBDocuments) -> None:
    for number in range(3):
        create(repository, number)
    assert index_entries(table) == ["USAGE"]


def test_an_upload_never_writes_to_the_index_after_its_create(
    table: Table, repository: DynamoDBDocuments
) -> None:
    create(repository, 1)
    before = table.usage()["next_check_at"], index_entries(table)
    document = create(repository, 2)
    for event in (ObjectArrived("v1"), a_completed_attempt()):
        document = apply_events(repository, document, event)
        assert (table.usage()["next_check_at"], index_entries(table)) == before


def test_a_recount_without_open_uploads_removes_the_index_entry(
    table: Table, repository: DynamoDBDocuments
) -> None:
    make_ready(repository, create(repository))
    assert due_ids(repository, AFTER_DEADLINE) == []
    assert index_entries(table) == []
    create(repository, 2)
    assert index_entries(table) == ["USAGE"]


def test_a_recount_schedules_the_next_one_for_the_first_due_upload(
    table: Table, repository: DynamoDBDocuments
) -> None:
    make_ready(repository, create(repository, 1))
    second = create(repository, 2, upload_deadline=NOW + 3 * DAY)
    third = create(repository, 3, upload_deadline=AFTER_DEADLINE + RECHECK / 2)
    assert due_ids(repository, AFTER_DEADLINE) == []
    assert table.usage()["next_check_at"] == int(third.upload_deadline.timestamp())
    assert due_ids(repository, second.upload_deadline + SECOND) == [an_id(2), an_id(3)]


def test_an_upload_that_is_due_before_an_earlier_one_is_found_in_time(repository: DynamoDBDocuments) -> None:
    create(repository, 1, upload_deadline=NOW + DAY)
    create(repository, 2, upload_deadline=NOW + RECHECK)
    assert due_ids(repository, NOW + RECHECK + SECOND) == [an_id(2)]


def test_an_upload_that_is_created_after_a_recount_is_found_in_time(repository: DynamoDBDocuments) -> None:
    create(repository, 1, upload_deadline=NOW + 9 * DAY)
    later = NOW + RECHECK + SECOND
    assert due_ids(repository, later) == []
    create(repository, 2, upload_deadline=later + RECHECK)
    assert due_ids(repository, later + RECHECK + SECOND) == [an_id(2)]


def test_a_recount_repairs_a_lost_decrement(table: Table) -> None:
    repository = DynamoDBDocuments(FailingDynamoDB("UpdateItem", ConnectionError()), table.name)
    make_ready(repository, create(repository, 1))
    assert table.usage()["open_uploads"] == 1
    due_ids(repository, AFTER_DEADLINE)
    assert table.usage()["open_uploads"] == 0


def test_a_recount_counts_open_uploads(table: Table, repository: DynamoDBDocuments) -> None:
    make_ready(repository, create(repository, 1))
    for number in (2, 3):
        create(repository, number, upload_deadline=NOW + 9 * DAY)
    due_ids(repository, AFTER_DEADLINE)
    assert table.usage()["open_uploads"] == 2
    with pytest.raises(TooMany):
        create(repository, 4, limits=replace(PLENTY, open_uploads=2))


def test_a_rejected_create_schedules_a_recount_once(table: Table) -> None:
    limits = replace(PLENTY, open_uploads=2)
    repository = DynamoDBDocuments(FailingDynamoDB("UpdateItem", *[ConnectionError()] * 2), table.name)
    for number in range(2):
        make_ready(repository, create(repository, number))
    assert due_ids(repository, NOW + SECOND) == []
    with pytest.raises(TooMany):
        create(repository, 3, limits)
    before = table.usage()
    with pytest.raises(TooMany):
        create(repository, 3, limits)
    assert table.usage() == before

    assert due_ids(repository, NOW + LEASE + 2 * SECOND) == []
    create(repository, 3, limits)


def test_an_owner_at_the_limit_stays_rejected_after_a_recount(repository: DynamoDBDocuments) -> None:
    limits = replace(PLENTY, open_uploads=1)
    create(repository, 1, limits)
    for _ in range(2):
        with pytest.raises(TooMany):
            create(repository, 2, limits)
        assert due_ids(repository, NOW + SECOND) == []


def test_a_conflicting_decrement_is_retried(table: Table) -> None:
    conflicting = FailingDynamoDB("UpdateItem", *[DynamoDBError("TransactionConflictException", {})] * 2)
    repository = DynamoDBDocuments(conflicting, table.name)
    make_ready(repository, create(repository))
    assert table.usage()["open_uploads"] == 0
    assert conflicting.calls == 3


@pytest.mark.parametrize("error", [ConnectionError(), DynamoDBError("InternalServerError", {})])
def test_a_decrement_with_an_unknown_outcome_is_not_retried(table: Table, error: Exception) -> None:
    failing = FailingDynamoDB("UpdateItem", error)
    repository = DynamoDBDocuments(failing, table.name)
    make_ready(repository, create(repository))
    assert failing.calls == 1


def test_a_permanent_error_of_a_decrement_is_raised(table: Table) -> None:
    repository = DynamoDBDocuments(
        FailingDynamoDB("UpdateItem", DynamoDBError("ValidationException", {})), table.name
    )
    with pytest.raises(DynamoDBError):
        make_ready(repository, create(repository))


def test_an_upload_that_is_created_during_a_recount_is_counted(
    table: Table, repository: DynamoDBDocuments
) -> None:
    make_ready(repository, create(repository, 1))
    new_uploads = [a_document(id=an_id(2), upload_deadline=NOW + 2 * DAY)]

    def create_before_recount(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and new_uploads:
            repository.create(new_uploads.pop(), PLENTY, None, NOW)
        return table_client(REGION)(operation, **parameters)

    assert due_ids(DynamoDBDocuments(create_before_recount, table.name), AFTER_DEADLINE) == []
    assert (table.usage()["open_uploads"], index_entries(table)) == (1, ["USAGE"])
    assert due_ids(repository, NOW + 3 * DAY) == [an_id(2)]


def test_an_upload_that_is_closed_during_a_recount_is_counted_once(
    table: Table, repository: DynamoDBDocuments
) -> None:
    make_ready(repository, create(repository, 1))
    open_uploads = [create(repository, number, upload_deadline=NOW + 9 * DAY) for number in (2, 3)]

    def abort_before_recount(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and len(open_uploads) == 2:
            apply_events(repository, open_uploads.pop(), AbortRequested())
        return table_client(REGION)(operation, **parameters)

    due_ids(DynamoDBDocuments(abort_before_recount, table.name), AFTER_DEADLINE)
    assert table.usage()["open_uploads"] == 1
    due_ids(repository, AFTER_DEADLINE)
    assert table.usage()["open_uploads"] == 1


def test_a_decrement_during_a_recount_is_counted_once(table: Table, repository: DynamoDBDocuments) -> None:
    soon = NOW + 2 * SECOND
    recounts = [lambda: due_ids(repository, soon)]

    def recount_before_decrement(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "UpdateItem" and recounts:
            assert recounts.pop()() == []
        return table_client(REGION)(operation, **parameters)

    first = create(repository, 1, upload_deadline=NOW + SECOND)
    create(repository, 2, upload_deadline=NOW + 9 * DAY)
    make_ready(DynamoDBDocuments(recount_before_decrement, table.name), first)

    assert recounts == []
    assert table.usage()["open_uploads"] == 1
    due_ids(repository, soon + LEASE)
    assert table.usage()["open_uploads"] == 1
    assert table.usage()["next_check_at"] == int((soon + LEASE + RECHECK).timestamp())


def test_a_redriven_document_is_found_at_any_age_and_not_counted(
    table: Table, repository: DynamoDBDocuments
) -> None:
    document = create(repository, 1)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        document = apply_events(repository, document, ObjectArrived("v1"), a_crashed_attempt(attempt))
    assert document.status is Status.FAILED
    late = NOW + 30 * DAY
    make_ready(
        repository, create(repository, id=uuid7(late, bytes(10)), created_at=late, upload_deadline=late)
    )
    assert due_ids(repository, late + DAY) == []
    document = apply_events(repository, document, RedriveRequested())
    create(repository, id=uuid7(late, bytes([1] * 10)), upload_deadline=late + 9 * DAY)
    assert due_ids(repository, late + 2 * DAY) == [document.id]
    assert table.usage()["open_uploads"] == 1


def test_a_recount_counts_no_document_whose_bytes_have_arrived(
    table: Table, repository: DynamoDBDocuments
) -> None:
    arrived = apply_events(repository, create(repository, 1), ObjectArrived("v1"))
    waiting = apply_events(repository, create(repository, 2), ObjectArrived("v2"))
    steps = (a_waiting_step(NOW + 9 * DAY),)
    apply_events(repository, waiting, a_suspended_attempt(steps=steps))
    create(repository, 3, upload_deadline=NOW + 9 * DAY)
    assert table.usage()["open_uploads"] == 1
    assert due_ids(repository, AFTER_DEADLINE) == [arrived.id]
    assert table.usage()["open_uploads"] == 1


def test_a_recount_finds_the_crashed_first_attempt_of_an_upload_that_is_no_longer_open(
    table: Table, repository: DynamoDBDocuments
) -> None:
    document = apply_events(repository, create(repository), ObjectArrived("v1"))
    for _ in range(2):
        assert due_ids(repository, AFTER_DEADLINE) == [document.id]
    assert index_entries(table) == ["USAGE"]


def test_a_recount_repairs_the_lost_decrement_of_a_document_that_still_waits(table: Table) -> None:
    repository = DynamoDBDocuments(FailingDynamoDB("UpdateItem", ConnectionError()), table.name)
    waiting = apply_events(repository, create(repository, 1), ObjectArrived("v1"))
    apply_events(repository, waiting, a_suspended_attempt(steps=(a_waiting_step(NOW + 9 * DAY),)))
    assert table.usage()["open_uploads"] == 1
    assert due_ids(repository, AFTER_DEADLINE) == []
    assert table.usage()["open_uploads"] == 0


def test_an_arrival_whose_response_was_lost_is_left_to_the_recount(
    table: Table, repository: DynamoDBDocuments
) -> None:
    """The retry cannot know whether the decrement has happened. The number may be too high, never too low."""
    arrival = transition(create(repository, 1), ObjectArrived("v1"))
    create(repository, 2, upload_deadline=NOW + 9 * DAY)

    def put_again(operation: str, **parameters: Any) -> dict[str, Any]:
        """Sends a PutItem twice, as the client does after a lost response."""
        client = table_client(REGION)
        if operation == "PutItem":
            client(operation, **parameters)
        return client(operation, **parameters)

    DynamoDBDocuments(put_again, table.name).apply(arrival)
    assert repository.get(OWNER, an_id(1)) == arrival.after
    assert table.usage()["open_uploads"] == 2


def test_of_two_equal_arrivals_only_one_closes_the_upload(
    table: Table, repository: DynamoDBDocuments
) -> None:
    arrival = transition(create(repository, 1), ObjectArrived("v1"))
    create(repository, 2, upload_deadline=NOW + 9 * DAY)
    repository.apply(arrival)
    with pytest.raises(Conflict):
        repository.apply(arrival)
    assert table.usage()["open_uploads"] == 1


def test_a_recount_reads_no_documents_before_the_oldest_open_upload(table: Table) -> None:
    counts: list[int] = []

    def count_items(operation: str, **parameters: Any) -> dict[str, Any]:
        response = table_client(REGION)(operation, **parameters)
        if operation == "Query" and "IndexName" not in parameters:
            counts.append(len(response["Items"]))
        return response

    repository = DynamoDBDocuments(count_items, table.name)
    for number in range(5):
        make_ready(repository, create(repository, number))
    for days in (1, 2, 3):
        due_ids(repository, NOW + days * DAY + SECOND)
        then = NOW + days * DAY
        created = create(repository, id=uuid7(then, bytes(10)), created_at=then, upload_deadline=then + DAY)
        make_ready(repository, created)
    assert counts == [5, 6, 2]


def test_an_upload_with_a_slow_clock_is_counted(table: Table, repository: DynamoDBDocuments) -> None:
    make_ready(repository, create(repository, 1))
    due_ids(repository, AFTER_DEADLINE)
    before = NOW - timedelta(minutes=30)
    slow = create(repository, id=uuid7(before, bytes(10)), created_at=before, upload_deadline=before + DAY)
    assert due_ids(repository, AFTER_DEADLINE) == [slow.id]


def test_counters_of_past_days_are_removed(table: Table, repository: DynamoDBDocuments) -> None:
    for days in range(3):
        repository.create(a_document(id=an_id(days)), PLENTY, None, NOW + days * DAY)
        apply_events(repository, a_document(id=an_id(days)), ObjectArrived("v1"), a_rejected_attempt())
    assert table.usage()["rejected#2026-05-04"] == 3
    due_ids(repository, NOW + 2 * DAY)
    counters = {name for name in table.usage() if "#" in name}
    assert counters == {"files#2026-05-05", "bytes#2026-05-05", "files#2026-05-06", "bytes#2026-05-06"}


def test_a_stale_index_entry_causes_no_recount(table: Table, repository: DynamoDBDocuments) -> None:
    create(repository, 1)
    stale = {"Items": [to_item({"pk": OWNER, "sk": "USAGE"})]}

    def read_stale_index(operation: str, **parameters: Any) -> dict[str, Any]:
        if "IndexName" in parameters:
            return stale
        assert operation == "GetItem"
        return table_client(REGION)(operation, **parameters)

    assert due_ids(DynamoDBDocuments(read_stale_index, table.name), NOW + RECHECK) == []


def test_bytes_alone_count_against_the_limit_of_a_day(table: Table, repository: DynamoDBDocuments) -> None:
    """A further version of a form may arrive after midnight, before the owner creates anything that day."""
    create(repository, 1)
    tomorrow, limits = NOW + DAY, replace(PLENTY, daily_bytes=100)
    repository.add_daily_bytes(OWNER, 60, tomorrow)
    with pytest.raises(TooMany):
        repository.create(a_document(id=an_id(2), size=41), limits, None, tomorrow)
    repository.create(a_document(id=an_id(2), size=40), limits, None, tomorrow)
    assert table.usage()["bytes#2026-05-05"] == 100


@pytest.mark.parametrize("offset", [-11, 0, 11])
def test_daily_counters_use_the_utc_day(table: Table, repository: DynamoDBDocuments, offset: int) -> None:
    last = NOW.replace(hour=23, minute=59, second=59)
    repository.create(a_document(), PLENTY, None, last.astimezone(timezone(timedelta(hours=offset))))
    assert {"files#2026-05-04", "bytes#2026-05-04"} <= table.usage().keys()
