"""What `Records` promises of pages and of what is due, held by the table and by the fake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.core.document import Status
from functions.core.events import AbortRequested, Arrived, Promoted
from functions.core.ports import ListQuery, Records
from tests.adapters.records import DAY, KEY, STRANGER, after, create
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


def due(records: Records, at: datetime) -> list[str]:
    return sorted(document_id for _, document_id in records.due(at))


def test_a_document_is_due_once_its_deadline_has_passed(records: Records) -> None:
    document = create(records)
    assert due(records, document.deadline) == []
    assert list(records.due(document.deadline + timedelta(seconds=1))) == [(OWNER, an_id())]


def test_a_document_that_is_worked_on_is_due_once_the_lease_has_run_out(records: Records) -> None:
    claimed = after(create(records), Arrived("v1"))
    records.apply(claimed)
    assert claimed.after.lease_until is not None
    assert due(records, claimed.after.lease_until) == []
    assert due(records, claimed.after.lease_until + timedelta(seconds=1)) == [an_id()]


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
