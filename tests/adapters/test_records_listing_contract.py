"""What `DocumentRepository` promises of pages and of what is due, held by the table and by the fake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Document, Status
from functions.domain.events import (
    AbortRequested,
    AttemptFailed,
    DeleteRequested,
    ObjectArrived,
    Promoted,
    PurgeCompleted,
    PurgeStarted,
    Transition,
)
from functions.domain.repository import DocumentRepository, ListQuery
from functions.domain.states import decide
from tests.adapters.repository import DAY, KEY, STRANGER, after, create, lead
from tests.adapters.visits import due
from tests.examples import NOW, OWNER, an_id


def walk(repository: DocumentRepository, query: ListQuery) -> Iterator[str]:
    while True:
        page = repository.page(query)
        assert len(page.documents) <= query.limit
        yield from (document.id for document in page.documents)
        if page.next_before is None:
            return
        query = replace(query, before=page.next_before)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 100])
def test_the_pages_of_an_owner_hold_each_document_once_newest_first(
    repository: DocumentRepository, limit: int
) -> None:
    for number in (3, 1, 5, 2, 4):
        create(repository, number)
    create(repository, 6, owner=STRANGER, key=KEY)
    assert list(walk(repository, ListQuery(OWNER, limit))) == [an_id(number) for number in (5, 4, 3, 2, 1)]


def test_an_owner_without_documents_has_one_empty_page(repository: DocumentRepository) -> None:
    page = repository.page(ListQuery(OWNER, 10))
    assert (page.documents, page.next_before) == ((), None)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_filters_leave_out_what_does_not_match(repository: DocumentRepository, limit: int) -> None:
    for number in range(1, 7):
        document = create(repository, number, kind="photo" if number % 3 == 0 else "image")
        if number % 2 == 0:
            repository.apply(after(document, AbortRequested()))
    aborted = walk(repository, ListQuery(OWNER, limit, status=Status.ABORTED))
    photos = walk(repository, ListQuery(OWNER, limit, kind="photo"))
    both = walk(repository, ListQuery(OWNER, limit, status=Status.ABORTED, kind="photo"))
    assert list(aborted) == [an_id(number) for number in (6, 4, 2)]
    assert list(photos) == [an_id(number) for number in (6, 3)]
    assert list(both) == [an_id(6)]


@pytest.mark.parametrize("limit", [1, 100])
def test_what_is_deleted_is_listed_only_when_asked_for(repository: DocumentRepository, limit: int) -> None:
    for number in range(1, 7):
        document = create(repository, number)
        if number % 2 == 0:
            end(repository, document)
    assert list(walk(repository, ListQuery(OWNER, limit))) == [an_id(number) for number in (5, 3, 1)]
    asked = walk(repository, ListQuery(OWNER, limit, status=Status.DELETED))
    assert list(asked) == [an_id(number) for number in (6, 4, 2)]


def test_what_is_purged_is_listed_never(repository: DocumentRepository) -> None:
    document = end(repository, create(repository))
    for event in (PurgeStarted(), PurgeCompleted(1)):
        decision = decide(document, event, NOW + DAY)
        assert isinstance(decision, Transition)
        repository.apply(decision)
        document = decision.after
        for status in (None, Status.DELETED, Status.ABORTED):
            assert list(walk(repository, ListQuery(OWNER, 10, status=status))) == []


def end(repository: DocumentRepository, document: Document) -> Document:
    """Aborted, and then deleted."""
    return lead(repository, document, AbortRequested(), DeleteRequested(NOW + DAY))


def test_a_document_is_due_once_its_deadline_has_passed(repository: DocumentRepository) -> None:
    document = create(repository)
    assert due(repository, document.upload_deadline) == []
    found = [each for each in repository.due(document.upload_deadline + timedelta(seconds=1)) if each]
    assert found == [(OWNER, an_id())]


def test_a_document_that_is_worked_on_is_due_when_lease_and_deadline_have_run_out(
    repository: DocumentRepository,
) -> None:
    claimed = after(create(repository), ObjectArrived("v1"))
    repository.apply(claimed)
    assert claimed.after.lease_until is not None
    assert due(repository, claimed.after.lease_until) == []
    assert due(repository, claimed.after.upload_deadline + timedelta(seconds=1)) == [an_id()]


def test_a_document_that_is_worked_on_again_is_due_once_the_lease_has_run_out(
    repository: DocumentRepository,
) -> None:
    document = lead(
        repository, create(repository), ObjectArrived("v1"), AttemptFailed(1), ObjectArrived("v1")
    )
    assert document.lease_until is not None
    assert due(repository, document.lease_until) == []
    assert due(repository, document.lease_until + timedelta(seconds=1)) == [an_id()]


def test_what_is_due_is_found_again_until_it_has_moved_on(repository: DocumentRepository) -> None:
    document = create(repository)
    later = document.upload_deadline + timedelta(seconds=1)
    assert due(repository, later) == due(repository, later) == [an_id()]
    repository.apply(after(document, AbortRequested()))
    assert due(repository, later) == []


def test_of_an_owners_uploads_each_is_due_in_its_own_time(repository: DocumentRepository) -> None:
    first = create(repository, 1)
    create(repository, 2, upload_deadline=NOW + 3 * DAY)
    assert due(repository, NOW + 2 * DAY) == [an_id(1)]
    repository.apply(after(first, AbortRequested()))
    assert due(repository, NOW + 2 * DAY) == []
    create(repository, 3, upload_deadline=NOW + 4 * DAY)
    assert due(repository, NOW + 3 * DAY + timedelta(seconds=1)) == [an_id(2)]
    assert due(repository, NOW + 5 * DAY) == [an_id(2), an_id(3)]


def test_a_deleted_document_is_due_once_it_can_be_restored_no_more(repository: DocumentRepository) -> None:
    end(repository, create(repository))
    assert due(repository, NOW + DAY) == []
    assert due(repository, NOW + DAY + timedelta(seconds=1)) == [an_id()]


def test_a_document_at_rest_is_never_due(repository: DocumentRepository) -> None:
    repository.apply(after(create(repository, 1), AbortRequested()))
    claimed = after(create(repository, 2), ObjectArrived("v1"))
    repository.apply(claimed)
    repository.apply(after(claimed.after, Promoted(1, "image/png", None, "d1")))
    assert due(repository, NOW + 1000 * DAY) == []


def test_all_that_is_due_is_found_whosever_it_is(repository: DocumentRepository) -> None:
    for number in range(20):
        create(repository, number, owner=STRANGER if number % 2 else OWNER)
    assert due(repository, NOW + 10 * DAY) == [an_id(number) for number in range(20)]


def test_an_object_without_a_record_is_put_on_the_list_once_a_version(repository: DocumentRepository) -> None:
    assert repository.quarantine("documents/k", "v1", NOW)
    assert not repository.quarantine("documents/k", "v1", NOW + DAY)
    assert repository.quarantine("documents/k", "v2", NOW)
    assert repository.quarantine("documents/l", "v1", NOW)
