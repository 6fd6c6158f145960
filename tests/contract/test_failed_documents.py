"""The contract of `DocumentRepository` for the index of failed documents, in DynamoDB and in memory."""

from datetime import datetime, timedelta

import pytest

from functions.domain.document import Document, Status
from functions.domain.events import DeleteRequested, ObjectArrived, RedriveRequested, RestoreRequested
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.repository import FAILED_SHARDS, DocumentRepository
from tests.examples import NOW, OWNER, an_id
from tests.repository_steps import (
    DAY,
    OTHER_OWNER,
    SECOND,
    a_completed_attempt,
    a_crashed_attempt,
    apply_events,
    create,
    failed_ids,
    transition,
)


def fail(repository: DocumentRepository, number: int = 0, at: datetime = NOW, owner: str = OWNER) -> Document:
    """Creates a document that fails at this time."""
    document = create(repository, number, owner=owner)
    document = apply_events(repository, document, ObjectArrived("v1"))
    for attempt in range(1, MAX_ATTEMPTS):
        document = apply_events(repository, document, a_crashed_attempt(attempt), ObjectArrived("v1"))
    failed = transition(document, a_crashed_attempt(MAX_ATTEMPTS), at)
    repository.apply(failed)
    assert failed.after.status is Status.FAILED
    return failed.after


def test_only_failed_documents_are_in_the_index(repository: DocumentRepository) -> None:
    create(repository, 1)
    apply_events(repository, create(repository, 2), ObjectArrived("v1"), a_completed_attempt())
    fail(repository, 3)
    assert failed_ids(repository) == [an_id(3)]


def test_an_entry_names_the_owner_and_the_document(repository: DocumentRepository) -> None:
    fail(repository, owner=OTHER_OWNER)
    [entry] = repository.failed(0, NOW, NOW + DAY)
    assert entry.key == (OTHER_OWNER, an_id())


@pytest.mark.parametrize("events", [[RedriveRequested()], [DeleteRequested(NOW + DAY)]])
def test_a_document_that_is_redriven_or_deleted_leaves_the_index(
    repository: DocumentRepository, events: list[RedriveRequested | DeleteRequested]
) -> None:
    apply_events(repository, fail(repository), *events)
    assert failed_ids(repository) == []


def test_a_failed_document_that_is_restored_failed_at_its_restore(repository: DocumentRepository) -> None:
    deleted = apply_events(repository, fail(repository), DeleteRequested(NOW + 2 * DAY))
    repository.apply(transition(deleted, RestoreRequested(), NOW + DAY))
    assert failed_ids(repository, before=NOW + DAY) == []
    assert failed_ids(repository, since=NOW + DAY) == [an_id()]


def test_a_time_selects_whole_seconds_with_the_start_and_without_the_end(
    repository: DocumentRepository,
) -> None:
    fail(repository, at=NOW + timedelta(milliseconds=999))
    assert failed_ids(repository, NOW, NOW + SECOND) == [an_id()]
    assert failed_ids(repository, NOW + timedelta(milliseconds=500), NOW + SECOND) == [an_id()]
    assert failed_ids(repository, NOW + SECOND, NOW + DAY) == []
    assert failed_ids(repository, NOW - DAY, NOW) == []
    assert failed_ids(repository, NOW, NOW) == failed_ids(repository, NOW, NOW - DAY) == []


def test_each_document_is_in_one_partition(repository: DocumentRepository) -> None:
    for number in range(2 * FAILED_SHARDS):
        fail(repository, number)
    found = [
        [entry.key.document_id for entry in repository.failed(shard, NOW, NOW + DAY)]
        for shard in range(FAILED_SHARDS)
    ]
    assert [len(ids) for ids in found] == [2] * FAILED_SHARDS
    assert len({document_id for ids in found for document_id in ids}) == 2 * FAILED_SHARDS


def test_a_partition_is_sorted_by_the_time_of_failure_and_continued_behind_an_entry(
    repository: DocumentRepository,
) -> None:
    """Several documents may have failed in the same second."""
    numbers = [FAILED_SHARDS * each for each in range(5)]
    for number, seconds in zip(numbers, [4, 2, 2, 2, 1], strict=True):
        fail(repository, number, NOW + seconds * SECOND)
    entries = [*repository.failed(0, NOW, NOW + DAY)]
    found = [entry.key.document_id for entry in entries]
    assert (found[0], found[-1]) == (an_id(numbers[4]), an_id(numbers[0]))
    for position, entry in enumerate(entries):
        rest = repository.failed(0, NOW, NOW + DAY, entry.position)
        assert [each.key.document_id for each in rest] == found[position + 1 :]
