"""The contract of `DocumentRepository` for creates and changes, in DynamoDB and in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.arrived_file import ArrivedFile
from functions.domain.document import Method
from functions.domain.errors import AirlockError, TooMany, WrongState
from functions.domain.events import AbortRequested, ObjectArrived, Transition
from functions.domain.keys import DocumentKey
from functions.domain.quota import Limits
from functions.domain.repository import AlreadyCreated, Conflict, DocumentRepository, IdempotencyKey
from functions.domain.states import decide
from functions.domain.steps import Json
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.repository_steps import (
    DAY,
    KEY,
    OTHER_OWNER,
    a_completed_attempt,
    a_passed_step,
    a_rejected_attempt,
    a_suspended_attempt,
    a_waiting_step,
    apply_events,
    create,
    rendition_facts,
    transition,
)


def rejected_create(
    repository: DocumentRepository, number: int, limits: Limits, **changes: object
) -> AirlockError:
    """Returns the error of a create. Asserts that the create has written nothing."""
    with pytest.raises(AirlockError) as error:
        create(repository, number, limits, IdempotencyKey("of-a-rejected-create", "f"), **changes)
    assert repository.get(OWNER, an_id(number)) is None
    create(repository, number, PLENTY, IdempotencyKey("of-a-rejected-create", "f"), size=1)
    return error.value


def test_a_created_document_is_read_back_unchanged(repository: DocumentRepository) -> None:
    document = create(
        repository,
        file_name="Übersicht \u2013 ключ \U0001f600.pdf",
        declared_sha256="ab" * 32,
        method=Method.POST,
        metadata={"case": "17", "empty": ""},
        created_at=NOW + timedelta(microseconds=123456),
    )
    assert repository.get(OWNER, an_id()) == document


def test_a_changed_document_is_read_back_unchanged(repository: DocumentRepository) -> None:
    processing = transition(create(repository), ObjectArrived("v1"))
    repository.apply(processing)
    assert repository.get(OWNER, an_id()) == processing.after
    ready = transition(processing.after, a_completed_attempt(sha256="ab" * 32))
    repository.apply(ready)
    assert repository.get(OWNER, an_id()) == ready.after


def test_a_missing_document_or_one_of_another_owner_is_none(repository: DocumentRepository) -> None:
    create(repository)
    assert repository.get(OWNER, an_id(1)) is None
    assert repository.get(OTHER_OWNER, an_id()) is None


def test_a_repeated_create_counts_once(repository: DocumentRepository) -> None:
    create(repository, key=KEY)
    create(repository, key=KEY)
    assert rejected_create(repository, 1, replace(PLENTY, open_uploads=1)).code == "too_many_open_uploads"
    create(repository, 2, replace(PLENTY, open_uploads=3))


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(PLENTY, open_uploads=2), "too_many_open_uploads"),
        (replace(PLENTY, stored_bytes=200), "storage_quota_exceeded"),
        (replace(PLENTY, daily_files=2), "daily_quota_exceeded"),
        (replace(PLENTY, daily_bytes=200), "daily_quota_exceeded"),
    ],
)
def test_creates_may_reach_a_limit_but_not_exceed_it(
    repository: DocumentRepository, limits: Limits, code: str
) -> None:
    create(repository, 1, limits, size=100)
    create(repository, 2, limits, size=100)
    error = rejected_create(repository, 3, limits, size=100)
    assert isinstance(error, TooMany | WrongState)
    assert error.code == code


@pytest.mark.parametrize("limits", [replace(PLENTY, stored_bytes=200), replace(PLENTY, daily_bytes=200)])
def test_one_byte_above_a_limit_is_rejected(repository: DocumentRepository, limits: Limits) -> None:
    create(repository, 1, limits, size=100)
    with pytest.raises(AirlockError):
        create(repository, 2, limits, size=101)
    create(repository, 3, limits, size=100)


@pytest.mark.parametrize(
    "limits",
    [
        replace(PLENTY, open_uploads=0),
        replace(PLENTY, stored_bytes=99),
        replace(PLENTY, daily_files=0),
        replace(PLENTY, daily_bytes=99),
    ],
)
def test_a_limit_applies_to_the_first_document_of_an_owner(
    repository: DocumentRepository, limits: Limits
) -> None:
    rejected_create(repository, 1, limits, size=100)


def test_each_owner_has_limits_of_their_own(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1, stored_bytes=100, daily_files=1, daily_bytes=100)
    create(repository, 1, limits, size=100)
    create(repository, 2, limits, size=100, owner=OTHER_OWNER)


def test_a_new_day_has_a_new_daily_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, daily_files=1)
    create(repository, 1, limits)
    document = a_document(id=an_id(2))
    with pytest.raises(TooMany):
        repository.create(document, limits, None, NOW)
    repository.create(document, limits, None, NOW + DAY)


def test_a_reused_idempotency_key_returns_the_first_document(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    with pytest.raises(AlreadyCreated) as error:
        create(repository, 2, key=replace(KEY, fingerprint="another"))
    assert (error.value.results, error.value.fingerprint) == ((an_id(1),), "fingerprint")
    assert repository.get(OWNER, an_id(2)) is None


def test_an_idempotency_key_is_checked_before_the_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1)
    create(repository, 1, limits, key=KEY)
    with pytest.raises(AlreadyCreated):
        create(repository, 2, limits, key=KEY)


def test_an_idempotency_key_belongs_to_its_owner(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    create(repository, 2, key=KEY, owner=OTHER_OWNER)
    assert repository.get(OTHER_OWNER, an_id(2)) is not None


def test_an_idempotency_key_is_valid_for_a_day(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    with pytest.raises(AlreadyCreated):
        repository.create(a_document(id=an_id(2)), PLENTY, KEY, NOW + DAY)
    repository.create(a_document(id=an_id(3)), PLENTY, KEY, NOW + DAY + timedelta(seconds=1))
    with pytest.raises(AlreadyCreated) as error:
        repository.create(a_document(id=an_id(4)), PLENTY, KEY, NOW + DAY + timedelta(seconds=2))
    assert error.value.results == (an_id(3),)


def test_the_first_of_two_changes_of_a_revision_wins(repository: DocumentRepository) -> None:
    document = create(repository)
    first, second = transition(document, ObjectArrived("v1")), transition(document, ObjectArrived("v2"))
    repository.apply(first)
    with pytest.raises(Conflict):
        repository.apply(second)
    assert repository.get(OWNER, an_id()) == first.after


def test_a_conflicting_change_leaves_record_and_usage_unchanged(repository: DocumentRepository) -> None:
    document = create(repository)
    first, second = transition(document, ObjectArrived("v1")), transition(document, AbortRequested())
    repository.apply(first)
    with pytest.raises(Conflict):
        repository.apply(second)
    assert repository.get(OWNER, an_id()) == first.after
    limits = replace(PLENTY, stored_bytes=document.size)
    assert rejected_create(repository, 1, limits, size=1).code == "storage_quota_exceeded"


def test_a_change_of_a_missing_document_is_a_conflict(repository: DocumentRepository) -> None:
    for event in (ObjectArrived("v1"), AbortRequested()):
        with pytest.raises(Conflict):
            repository.apply(transition(a_document(), event))
    assert repository.get(OWNER, an_id()) is None


def test_of_two_equal_arrivals_one_is_a_conflict_and_the_upload_closes_once(
    repository: DocumentRepository,
) -> None:
    """Two workers can claim in the same microsecond. Their records are equal."""
    limits = replace(PLENTY, open_uploads=2)
    first, _ = create(repository, 1, limits), create(repository, 2, limits)
    change = transition(first, ObjectArrived("v1"))
    repository.apply(change)
    with pytest.raises(Conflict):
        repository.apply(transition(first, ObjectArrived("v1")))
    assert repository.get(OWNER, an_id(1)) == change.after
    create(repository, 3, limits)
    assert rejected_create(repository, 4, limits).code == "too_many_open_uploads"


def test_an_aborted_upload_releases_its_bytes_once(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=2, stored_bytes=200)
    first, _ = create(repository, 1, limits, size=100), create(repository, 2, limits, size=100)
    abort = transition(first, AbortRequested())
    repository.apply(abort)
    with pytest.raises(Conflict):
        repository.apply(abort)
    create(repository, 3, limits, size=100)
    with pytest.raises(TooMany):
        create(repository, 4, limits, size=100)


def test_an_upload_is_open_until_its_bytes_have_arrived(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1)
    first = create(repository, 1, limits)
    assert rejected_create(repository, 2, limits).code == "too_many_open_uploads"
    repository.apply(transition(first, ObjectArrived("v1")))
    create(repository, 4, replace(PLENTY, open_uploads=2))


def test_the_outcomes_of_steps_are_read_back_unchanged(repository: DocumentRepository) -> None:
    facts: dict[str, Json] = {
        "score": 0.5,
        "words": ["a", None, 10**40],
        "nested": {"": {"deep": True}},
        "empty": {},
    }
    waiting = a_waiting_step(NOW + timedelta(seconds=1, microseconds=5))
    steps = (a_passed_step("render", renditions={"thumb": rendition_facts()}, **facts), waiting)
    document = apply_events(repository, create(repository), ObjectArrived("v1"))
    suspended = apply_events(repository, document, a_suspended_attempt(steps=steps))
    found = repository.get(OWNER, an_id())
    assert found == suspended
    assert found.steps == steps
    assert [rendition.name for rendition in found.renditions] == ["thumb"]


def test_renditions_count_in_the_bytes_of_the_owner_until_the_file_is_rejected(
    repository: DocumentRepository,
) -> None:
    limits = replace(PLENTY, stored_bytes=150)
    document = apply_events(repository, create(repository, 1, limits, size=100), ObjectArrived("v1"))
    rendered = a_passed_step(renditions={"thumb": rendition_facts(size=40)})
    document = apply_events(repository, document, a_suspended_attempt(steps=(rendered,)))
    assert document.reserved_bytes == 140
    assert rejected_create(repository, 2, limits, size=11).code == "storage_quota_exceeded"
    apply_events(repository, document, ObjectArrived("v1"), a_rejected_attempt(2))
    create(repository, 3, limits, size=149)


def test_the_bytes_of_renditions_are_added_once(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, stored_bytes=150)
    document = apply_events(repository, create(repository, 1, limits, size=100), ObjectArrived("v1"))
    rendered = a_passed_step(renditions={"thumb": rendition_facts(size=40)})
    change = transition(document, a_suspended_attempt(steps=(rendered,)))
    repository.apply(change)
    with pytest.raises(Conflict):
        repository.apply(change)
    create(repository, 2, limits, size=10)


def test_many_documents_of_several_owners_are_read_at_once(repository: DocumentRepository) -> None:
    documents = [create(repository, number) for number in range(98)]
    documents.append(create(repository, 98, owner=OTHER_OWNER))
    keys = [DocumentKey(document.owner, document.id) for document in documents]
    found = repository.get_many([*keys, DocumentKey(OTHER_OWNER, an_id(0))])
    assert found == dict(zip(keys, documents, strict=True))


def test_a_key_may_be_requested_twice_and_no_key_finds_nothing(repository: DocumentRepository) -> None:
    document = create(repository)
    key = DocumentKey(OWNER, an_id())
    assert repository.get_many([key, key]) == {key: document}
    assert repository.get_many([]) == {}


def test_bytes_of_the_day_count_without_a_file(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, daily_bytes=200, daily_files=2)
    create(repository, 1, limits, size=100)
    repository.add_daily_bytes(OWNER, 60, NOW)
    repository.add_daily_bytes(OTHER_OWNER, 60, NOW)
    with pytest.raises(TooMany):
        create(repository, 2, limits, size=41)
    create(repository, 2, limits, size=40)


def test_the_arrival_of_a_form_leaves_the_bytes_of_its_file(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, stored_bytes=100, daily_bytes=100)
    document = create(repository, 1, limits, size=90, max_size=90, method=Method.POST)
    assert (
        rejected_create(repository, 2, replace(limits, daily_bytes=1_000), size=11).code
        == "storage_quota_exceeded"
    )
    arrival = transition(document, ObjectArrived("v1", file=ArrivedFile(30, "a.png", "image/png")))
    repository.apply(arrival)
    with pytest.raises(Conflict):
        repository.apply(arrival)
    assert repository.get(OWNER, an_id(1)) == arrival.after
    with pytest.raises(AirlockError) as error:
        create(repository, 3, replace(limits, stored_bytes=1_000), size=70)
    assert error.value.code == "daily_quota_exceeded"
    create(repository, 4, limits, size=69)


def test_the_arrival_of_a_form_changes_the_bytes_of_the_day_of_its_create(
    repository: DocumentRepository,
) -> None:
    document = create(repository, 1, size=90, max_size=90, method=Method.POST)
    arrival = decide(document, ObjectArrived("v1", file=ArrivedFile(30, "a.png", "image/png")), NOW + DAY)
    assert isinstance(arrival, Transition)
    repository.apply(arrival)
    limits = replace(PLENTY, daily_bytes=100)
    repository.create(a_document(id=an_id(2), size=70), limits, None, NOW)
    repository.create(a_document(id=an_id(3), size=100), limits, None, NOW + DAY)


def test_bytes_of_a_day_without_creates_count(repository: DocumentRepository) -> None:
    create(repository, 1)
    limits = replace(PLENTY, daily_bytes=100)
    repository.add_daily_bytes(OWNER, 60, NOW + DAY)
    with pytest.raises(TooMany):
        repository.create(a_document(id=an_id(2), size=41), limits, None, NOW + DAY)
    repository.create(a_document(id=an_id(2), size=40), limits, None, NOW + DAY)


def test_a_ready_document_is_not_open_and_keeps_its_bytes_reserved(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1, stored_bytes=150)
    processing = transition(create(repository, 1, limits, size=100), ObjectArrived("v1"))
    repository.apply(processing)
    repository.apply(transition(processing.after, a_completed_attempt(sha256="ab" * 32)))
    create(repository, 2, limits, size=50)
    assert (
        rejected_create(repository, 3, replace(limits, open_uploads=9), size=1).code
        == "storage_quota_exceeded"
    )


def test_an_aborted_upload_counts_towards_the_daily_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, daily_files=1)
    repository.apply(transition(create(repository, 1, limits), AbortRequested()))
    assert rejected_create(repository, 2, limits).code == "daily_quota_exceeded"
