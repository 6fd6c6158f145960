"""What `Records` promises of pages and of what is due, held by the table and by the fake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.document import Document, Status
from functions.core.events import (
    AbortRequested,
    Arrived,
    AttemptFailed,
    DeleteRequested,
    Promoted,
    PurgeClaimed,
    Purged,
    Transition,
)
from functions.core.lifecycle import decide
from functions.core.ports import ListQuery, Records
from tests.adapters.records import DAY, KEY, STRANGER, after, create, lead
from tests.adapters.visits import due
from tests.examples import NOW, OWNER, an_id


def walk(records: Records, query: ListQuery) -> Iterator[str]:
    while True:
        page = records.page(query)
        assert len(page.documents) <= query.limit
        yield from (document.id for document in page.documents)
        if page.next_before is None:
            return
        query = replace(query, before=page.next_before)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 100])
def test_the_pages_of_an_owner_hold_each_document_once_newest_first(records: Records, limit: int) -> None:
    for number in (3, 1, 5, 2, 4):
        create(records, number)
    create(records, 6, owner=STRANGER, key=KEY)
    assert list(walk(records, ListQuery(OWNER, limit))) == [an_id(number) for number in (5, 4, 3, 2, 1)]


def test_an_owner_without_documents_has_one_empty_page(records: Records) -> None:
    page = records.page(ListQuery(OWNER, 10))
    assert (page.documents, page.next_before) == ((), None)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_filters_leave_out_what_does_not_match(records: Records, limit: int) -> None:
    for number in range(1, 7):
        document = create(records, number, kind="photo" if number % 3 == 0 else "image")
        if number % 2 == 0:
            records.apply(after(document, AbortRequested()))
    aborted = walk(records, ListQuery(OWNER, limit, status=Status.ABORTED))
    photos = walk(records, ListQuery(OWNER, limit, kind="photo"))
    both = walk(records, ListQuery(OWNER, limit, status=Status.ABORTED, kind="photo"))
    assert list(aborted) == [an_id(number) for number in (6, 4, 2)]
    assert list(photos) == [an_id(number) for number in (6, 3)]
    assert list(both) == [an_id(6)]


@pytest.mark.parametrize("limit", [1, 100])
def test_what_is_deleted_is_listed_only_when_asked_for(records: Records, limit: int) -> None:
    for number in range(1, 7):
        document = create(records, number)
        if number % 2 == 0:
            end(records, document)
    assert list(walk(records, ListQuery(OWNER, limit))) == [an_id(number) for number in (5, 3, 1)]
    asked = walk(records, ListQuery(OWNER, limit, status=Status.DELETED))
    assert list(asked) == [an_id(number) for number in (6, 4, 2)]


def test_what_is_purged_is_listed_never(records: Records) -> None:
    document = end(records, create(records))
    for event in (PurgeClaimed(), Purged(1)):
        decision = decide(document, event, NOW + DAY)
        assert isinstance(decision, Transition)
        records.apply(decision)
        document = decision.after
        for status in (None, Status.DELETED, Status.ABORTED):
            assert list(walk(records, ListQuery(OWNER, 10, status=status))) == []


def end(records: Records, document: Document) -> Document:
    """Aborted, and then deleted."""
    return lead(records, document, AbortRequested(), DeleteRequested(NOW + DAY))


def test_a_document_is_due_once_its_deadline_has_passed(records: Records) -> None:
    document = create(records)
    assert due(records, document.deadline) == []
    found = [each for each in records.due(document.deadline + timedelta(seconds=1)) if each]
    assert found == [(OWNER, an_id())]


def test_a_document_that_is_worked_on_is_due_when_lease_and_deadline_have_run_out(records: Records) -> None:
    claimed = after(create(records), Arrived("v1"))
    records.apply(claimed)
    assert claimed.after.lease_until is not None
    assert due(records, claimed.after.lease_until) == []
    assert due(records, claimed.after.deadline + timedelta(seconds=1)) == [an_id()]


def test_a_document_that_is_worked_on_again_is_due_once_the_lease_has_run_out(records: Records) -> None:
    document = lead(records, create(records), Arrived("v1"), AttemptFailed(1), Arrived("v1"))
    assert document.lease_until is not None
    assert due(records, document.lease_until) == []
    assert due(records, document.lease_until + timedelta(seconds=1)) == [an_id()]


def test_what_is_due_is_found_again_until_it_has_moved_on(records: Records) -> None:
    document = create(records)
    later = document.deadline + timedelta(seconds=1)
    assert due(records, later) == due(records, later) == [an_id()]
    records.apply(after(document, AbortRequested()))
    assert due(records, later) == []


def test_of_an_owners_uploads_each_is_due_in_its_own_time(records: Records) -> None:
    first = create(records, 1)
    create(records, 2, deadline=NOW + 3 * DAY)
    assert due(records, NOW + 2 * DAY) == [an_id(1)]
    records.apply(after(first, AbortRequested()))
    assert due(records, NOW + 2 * DAY) == []
    create(records, 3, deadline=NOW + 4 * DAY)
    assert due(records, NOW + 3 * DAY + timedelta(seconds=1)) == [an_id(2)]
    assert due(records, NOW + 5 * DAY) == [an_id(2), an_id(3)]


def test_a_deleted_document_is_due_once_it_can_be_restored_no_more(records: Records) -> None:
    end(records, create(records))
    assert due(records, NOW + DAY) == []
    assert due(records, NOW + DAY + timedelta(seconds=1)) == [an_id()]


def test_a_document_at_rest_is_never_due(records: Records) -> None:
    records.apply(after(create(records, 1), AbortRequested()))
    claimed = after(create(records, 2), Arrived("v1"))
    records.apply(claimed)
    records.apply(after(claimed.after, Promoted(1, "image/png", None, "d1")))
    assert due(records, NOW + 1000 * DAY) == []


def test_all_that_is_due_is_found_whosever_it_is(records: Records) -> None:
    for number in range(20):
        create(records, number, owner=STRANGER if number % 2 else OWNER)
    assert due(records, NOW + 10 * DAY) == [an_id(number) for number in range(20)]


def test_an_object_without_a_record_is_put_on_the_list_once_a_version(records: Records) -> None:
    assert records.quarantine("documents/k", "v1", NOW)
    assert not records.quarantine("documents/k", "v1", NOW + DAY)
    assert records.quarantine("documents/k", "v2", NOW)
    assert records.quarantine("documents/l", "v1", NOW)
