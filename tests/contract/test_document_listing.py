"""The contract of `DocumentRepository` for lists, due documents and reports, in DynamoDB and in memory."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from functions.domain.document import Document, Status
from functions.domain.events import (
    AbortRequested,
    DeleteRequested,
    ObjectArrived,
    PurgeCompleted,
    PurgeStarted,
)
from functions.domain.repository import DocumentRepository, ListQuery
from tests.examples import NOW, OWNER, an_id
from tests.repository_steps import (
    DAY,
    KEY,
    OTHER_OWNER,
    SECOND,
    a_completed_attempt,
    a_crashed_attempt,
    apply_events,
    create,
    due_ids,
    find_due,
    transition,
)


def list_all(repository: DocumentRepository, query: ListQuery) -> Iterator[str]:
    while True:
        page = repository.page(query)
        assert len(page.documents) <= query.limit
        yield from (document.id for document in page.documents)
        if page.next_before is None:
            return
        query = replace(query, before=page.next_before)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 100])
def test_the_pages_contain_each_document_once_newest_first(
    repository: DocumentRepository, limit: int
) -> None:
    for number in (3, 1, 5, 2, 4):
        create(repository, number)
    create(repository, 6, owner=OTHER_OWNER, key=KEY)
    assert list(list_all(repository, ListQuery(OWNER, limit))) == [
        an_id(number) for number in (5, 4, 3, 2, 1)
    ]


def test_an_owner_without_documents_has_one_empty_page(repository: DocumentRepository) -> None:
    page = repository.page(ListQuery(OWNER, 10))
    assert (page.documents, page.next_before) == ((), None)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_filters_exclude_documents_that_do_not_match(repository: DocumentRepository, limit: int) -> None:
    for number in range(1, 7):
        document = create(repository, number, kind="photo" if number % 3 == 0 else "image")
        if number % 2 == 0:
            repository.apply(transition(document, AbortRequested()))
    aborted = list_all(repository, ListQuery(OWNER, limit, status=Status.ABORTED))
    photos = list_all(repository, ListQuery(OWNER, limit, kind="photo"))
    both = list_all(repository, ListQuery(OWNER, limit, status=Status.ABORTED, kind="photo"))
    assert list(aborted) == [an_id(number) for number in (6, 4, 2)]
    assert list(photos) == [an_id(number) for number in (6, 3)]
    assert list(both) == [an_id(6)]


@pytest.mark.parametrize("limit", [1, 100])
def test_deleted_documents_are_listed_only_on_request(repository: DocumentRepository, limit: int) -> None:
    for number in range(1, 7):
        document = create(repository, number)
        if number % 2 == 0:
            abort_and_delete(repository, document)
    assert list(list_all(repository, ListQuery(OWNER, limit))) == [an_id(number) for number in (5, 3, 1)]
    deleted = list_all(repository, ListQuery(OWNER, limit, status=Status.DELETED))
    assert list(deleted) == [an_id(number) for number in (6, 4, 2)]


def test_purged_documents_are_never_listed(repository: DocumentRepository) -> None:
    document = abort_and_delete(repository, create(repository))
    for event in (PurgeStarted(), PurgeCompleted(1)):
        change = transition(document, event, NOW + DAY)
        repository.apply(change)
        document = change.after
        for status in (None, Status.DELETED, Status.ABORTED):
            assert list(list_all(repository, ListQuery(OWNER, 10, status=status))) == []


def abort_and_delete(repository: DocumentRepository, document: Document) -> Document:
    return apply_events(repository, document, AbortRequested(), DeleteRequested(NOW + DAY))


def test_a_document_is_due_once_its_deadline_has_passed(repository: DocumentRepository) -> None:
    document = create(repository)
    assert due_ids(repository, document.upload_deadline) == []
    assert [*find_due(repository, document.upload_deadline + SECOND)] == [(OWNER, an_id())]


def test_a_document_in_its_first_attempt_is_due_after_lease_and_deadline(
    repository: DocumentRepository,
) -> None:
    processing = transition(create(repository), ObjectArrived("v1"))
    repository.apply(processing)
    assert processing.after.lease_until is not None
    assert due_ids(repository, processing.after.lease_until) == []
    assert due_ids(repository, processing.after.upload_deadline + SECOND) == [an_id()]


def test_a_document_in_a_later_attempt_is_due_after_its_lease(repository: DocumentRepository) -> None:
    document = apply_events(
        repository, create(repository), ObjectArrived("v1"), a_crashed_attempt(), ObjectArrived("v1")
    )
    assert document.lease_until is not None
    assert due_ids(repository, document.lease_until) == []
    assert due_ids(repository, document.lease_until + SECOND) == [an_id()]


def test_a_due_document_is_found_until_it_changes(repository: DocumentRepository) -> None:
    document = create(repository)
    later = document.upload_deadline + SECOND
    assert due_ids(repository, later) == due_ids(repository, later) == [an_id()]
    repository.apply(transition(document, AbortRequested()))
    assert due_ids(repository, later) == []


def test_each_upload_of_an_owner_is_due_at_its_own_deadline(repository: DocumentRepository) -> None:
    first = create(repository, 1)
    create(repository, 2, upload_deadline=NOW + 3 * DAY)
    assert due_ids(repository, NOW + 2 * DAY) == [an_id(1)]
    repository.apply(transition(first, AbortRequested()))
    assert due_ids(repository, NOW + 2 * DAY) == []
    create(repository, 3, upload_deadline=NOW + 4 * DAY)
    assert due_ids(repository, NOW + 3 * DAY + SECOND) == [an_id(2)]
    assert due_ids(repository, NOW + 5 * DAY) == [an_id(2), an_id(3)]


def test_a_deleted_document_is_due_after_its_restore_window(repository: DocumentRepository) -> None:
    abort_and_delete(repository, create(repository))
    assert due_ids(repository, NOW + DAY) == []
    assert due_ids(repository, NOW + DAY + SECOND) == [an_id()]


def test_a_document_at_rest_is_never_due(repository: DocumentRepository) -> None:
    repository.apply(transition(create(repository, 1), AbortRequested()))
    processing = transition(create(repository, 2), ObjectArrived("v1"))
    repository.apply(processing)
    repository.apply(transition(processing.after, a_completed_attempt()))
    assert due_ids(repository, NOW + 1000 * DAY) == []


def test_due_documents_of_all_owners_are_found(repository: DocumentRepository) -> None:
    for number in range(20):
        create(repository, number, owner=OTHER_OWNER if number % 2 else OWNER)
    assert due_ids(repository, NOW + 10 * DAY) == [an_id(number) for number in range(20)]


def test_an_object_without_a_record_is_reported_once_per_version(repository: DocumentRepository) -> None:
    assert repository.report_orphan("documents/k", "v1", NOW)
    assert not repository.report_orphan("documents/k", "v1", NOW + DAY)
    assert repository.report_orphan("documents/k", "v2", NOW)
    assert repository.report_orphan("documents/l", "v1", NOW)
