"""The contract of `DocumentRepository` for duplicates, in DynamoDB and in memory."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import Document, Status
from functions.domain.duplicates import DigestTaken, DuplicatePolicy
from functions.domain.events import DeleteRequested, ObjectArrived, RescanCompleted, RestoreRequested
from functions.domain.repository import AlreadyCreated, Conflict, DocumentRepository
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import StepRecord
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.repository_steps import (
    DAY,
    KEY,
    OTHER_OWNER,
    a_completed_attempt,
    a_passed_step,
    apply_events,
    create,
    rendition_facts,
    transition,
)

SHA256, OTHER_SHA256 = "ab" * 32, "cd" * 32


def process(repository: DocumentRepository, number: int, **changes: Any) -> Document:
    return apply_events(repository, create(repository, number, **changes), ObjectArrived("v1"))


def finish(
    repository: DocumentRepository,
    document: Document,
    policy: DuplicatePolicy = DuplicatePolicy.REJECT,
    sha256: str = SHA256,
    steps: tuple[StepRecord, ...] = (),
) -> Document:
    return apply_events(
        repository, document, a_completed_attempt(sha256=sha256, duplicates=policy, steps=steps)
    )


def find_original(repository: DocumentRepository, **changes: object) -> str | None:
    """Returns the original of a new document that declares the SHA-256."""
    document = a_document(**{"id": an_id(99), "declared_sha256": SHA256} | changes)
    return repository.find_originals([document], None, NOW).get(document.id)


def test_the_first_ready_document_is_the_original_and_is_read_back_unchanged(
    repository: DocumentRepository,
) -> None:
    first, second = process(repository, 1), process(repository, 2)
    ready = finish(repository, second)
    assert repository.get(OWNER, an_id(2)) == ready
    assert find_original(repository) == an_id(2)
    with pytest.raises(DigestTaken) as taken:
        finish(repository, first)
    assert taken.value.original == an_id(2)
    assert repository.get(OWNER, an_id(1)) == first


def test_renditions_count_with_the_write_that_makes_a_document_the_original(
    repository: DocumentRepository,
) -> None:
    step = a_passed_step(renditions={"thumb": rendition_facts(size=10)})
    ready = finish(repository, process(repository, 1, size=100), steps=(step,))
    assert ready.reserved_bytes == 110
    assert find_original(repository, size=100) == an_id(1)


@pytest.mark.parametrize("change", [{"kind": "text"}, {"size": 7}, {"owner": OTHER_OWNER}])
def test_the_original_is_that_of_the_same_owner_kind_and_size(
    repository: DocumentRepository, change: dict[str, object]
) -> None:
    finish(repository, process(repository, 1))
    assert find_original(repository, **change) is None
    finish(repository, process(repository, 2, **change))
    finish(repository, process(repository, 3), sha256=OTHER_SHA256)


def test_a_kind_that_keeps_duplicates_has_no_original(repository: DocumentRepository) -> None:
    for number in (1, 2):
        finish(repository, process(repository, number), DuplicatePolicy.KEEP)
    assert find_original(repository) is None


def test_a_rescan_that_finds_malware_frees_the_bytes_for_another_original(
    repository: DocumentRepository,
) -> None:
    ready = finish(repository, process(repository, 1))
    rescan = RescanCompleted(step="scan", version=str(ready.stored_version), verdict=RescanVerdict.INFECTED)
    rejected = apply_events(repository, ready, rescan)
    assert repository.get(OWNER, an_id(1)) == rejected
    assert find_original(repository) is None
    finish(repository, process(repository, 2))
    assert find_original(repository) == an_id(2)


def test_a_delete_frees_the_bytes_and_a_restore_takes_them_again(repository: DocumentRepository) -> None:
    deleted = apply_events(repository, finish(repository, process(repository, 1)), DeleteRequested(NOW + DAY))
    assert find_original(repository) is None
    restored = apply_events(repository, deleted, RestoreRequested())
    assert find_original(repository) == an_id(1)
    deleted = apply_events(repository, restored, DeleteRequested(NOW + DAY))
    finish(repository, process(repository, 2))
    with pytest.raises(DigestTaken) as taken:
        apply_events(repository, deleted, RestoreRequested())
    assert taken.value.original == an_id(2)
    found = repository.get(OWNER, an_id(1))
    assert found is not None
    assert found.status is Status.DELETED
    restored = apply_events(repository, deleted, RestoreRequested(duplicate_of=an_id(2)))
    assert repository.get(OWNER, an_id(1)) == restored


def test_the_delete_of_a_duplicate_leaves_the_original(repository: DocumentRepository) -> None:
    finish(repository, process(repository, 1))
    duplicate = transition(
        process(repository, 2),
        a_completed_attempt(sha256=SHA256, duplicates=DuplicatePolicy.REPORT, duplicate_of=an_id(1)),
    )
    repository.apply(duplicate)
    apply_events(repository, duplicate.after, DeleteRequested(NOW + DAY))
    assert find_original(repository) == an_id(1)


def test_a_change_of_a_record_that_has_changed_is_a_conflict_and_claims_nothing(
    repository: DocumentRepository,
) -> None:
    document = process(repository, 1)
    stale = transition(document, a_completed_attempt(sha256=SHA256, duplicates=DuplicatePolicy.REJECT))
    finish(repository, document, sha256=OTHER_SHA256)
    with pytest.raises(Conflict):
        repository.apply(stale)
    assert find_original(repository) is None


def test_a_write_whose_answer_was_lost_is_a_conflict_and_no_duplicate_of_itself(
    repository: DocumentRepository,
) -> None:
    change = transition(
        process(repository, 1), a_completed_attempt(sha256=SHA256, duplicates=DuplicatePolicy.REJECT)
    )
    repository.apply(change)
    with pytest.raises(Conflict):
        repository.apply(change)


def test_originals_of_a_batch_are_found_at_once(repository: DocumentRepository) -> None:
    finish(repository, process(repository, 1))
    documents = [
        a_document(id=an_id(10), declared_sha256=SHA256),
        a_document(id=an_id(11), declared_sha256=OTHER_SHA256),
        a_document(id=an_id(12), declared_sha256=SHA256),
        a_document(id=an_id(13)),
    ]
    found = repository.find_originals(documents, KEY, NOW)
    assert found == {an_id(10): an_id(1), an_id(12): an_id(1)}
    assert repository.find_originals([a_document()], KEY, NOW) == {}


def test_the_results_of_an_earlier_create_come_before_its_own_original(
    repository: DocumentRepository,
) -> None:
    """A create that is repeated after its document is ready returns that document, not an error."""
    document = create(repository, 1, key=KEY, declared_sha256=SHA256)
    finish(repository, apply_events(repository, document, ObjectArrived("v1")))
    again = a_document(id=an_id(2), declared_sha256=SHA256)
    with pytest.raises(AlreadyCreated) as error:
        repository.find_originals([again], KEY, NOW)
    assert error.value.results == (an_id(1),)
    expired = NOW + timedelta(hours=24, seconds=1)
    assert repository.find_originals([again], KEY, expired) == {an_id(2): an_id(1)}
    repository.create(again, PLENTY, KEY, expired)
