"""The contract of `DocumentRepository` for documents that wait without end, in DynamoDB and in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions.domain.document import Document
from functions.domain.events import ObjectArrived, ResultArrived
from functions.domain.repository import DUE_SHARDS, DocumentRepository
from functions.domain.steps import StepRecord
from tests.examples import NOW, OWNER, an_id
from tests.repository_steps import (
    DAY,
    OTHER_OWNER,
    SECOND,
    a_completed_attempt,
    a_passed_step,
    a_suspended_attempt,
    a_waiting_step,
    apply_events,
    create,
    due_ids,
)


def an_endless_step(since: timedelta = timedelta()) -> StepRecord:
    return replace(a_waiting_step(NOW, "review"), resume_at=None, at=NOW + since)


def wait(
    repository: DocumentRepository, number: int, since: timedelta = timedelta(), **changes: Any
) -> Document:
    """Returns a document that waits for a person."""
    document = apply_events(repository, create(repository, number, **changes), ObjectArrived("v1"))
    return apply_events(repository, document, a_suspended_attempt(steps=(an_endless_step(since),)))


def waiting_ids(repository: DocumentRepository, step: str = "review") -> list[str]:
    """Returns the ids in the order of each partition."""
    entries = [entry for shard in range(DUE_SHARDS) for entry in repository.waiting(step, shard)]
    return [entry.key.document_id for entry in entries]


def test_a_document_that_waits_is_read_back_unchanged_and_is_never_due(
    repository: DocumentRepository,
) -> None:
    document = wait(repository, 1)
    assert repository.get(OWNER, an_id(1)) == document
    assert document.next_check_at is None
    assert waiting_ids(repository) == [an_id(1)]
    assert due_ids(repository, NOW + 1_000 * DAY) == []


def test_only_documents_that_wait_for_this_step_without_end_are_in_the_index(
    repository: DocumentRepository,
) -> None:
    wait(repository, 1)
    create(repository, 2)
    document = apply_events(repository, create(repository, 3), ObjectArrived("v1"))
    apply_events(repository, document, a_suspended_attempt(steps=(a_waiting_step(NOW + DAY),)))
    assert waiting_ids(repository) == [an_id(1)]
    assert waiting_ids(repository, "check") == []


def test_a_verdict_ends_the_wait(repository: DocumentRepository) -> None:
    document = wait(repository, 1)
    document = apply_events(repository, document, ResultArrived("review", "v1", 1, has_facts=False))
    assert waiting_ids(repository) == []
    step = a_passed_step("review")
    apply_events(repository, document, a_completed_attempt(document.attempt, steps=(step,)))
    assert waiting_ids(repository) == []


def test_documents_of_all_owners_are_listed_oldest_first_and_from_any_place(
    repository: DocumentRepository,
) -> None:
    numbers = [8 * number for number in range(3)]
    for number, since in zip(numbers, (3, 1, 2), strict=True):
        wait(repository, number, since * SECOND, owner=OTHER_OWNER if number else OWNER)
    shard = int(an_id(0)[-1], 16) % DUE_SHARDS
    entries = [*repository.waiting("review", shard)]
    assert [entry.key.document_id for entry in entries] == [an_id(8), an_id(16), an_id(0)]
    rest = [*repository.waiting("review", shard, entries[0].position)]
    assert [entry.key.document_id for entry in rest] == [an_id(16), an_id(0)]
