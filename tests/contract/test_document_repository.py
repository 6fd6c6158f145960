"""The contract of `DocumentRepository` for creates and changes, in DynamoDB and in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Method
from functions.domain.errors import AirlockError, TooMany, WrongState
from functions.domain.events import AbortRequested, ObjectArrived, Promoted
from functions.domain.quota import Limits
from functions.domain.repository import AlreadyCreated, Conflict, DocumentRepository, IdempotencyKey
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.repository_steps import DAY, KEY, OTHER_OWNER, create, transition


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
    ready = transition(processing.after, Promoted(1, "image/png", "ab" * 32, "d1"))
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
    limits = Limits(open_uploads=1, stored_bytes=100, daily_files=1, daily_bytes=100)
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
    assert (error.value.document_id, error.value.fingerprint) == (an_id(1), "fingerprint")
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
    assert error.value.document_id == an_id(3)


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
    assert rejected_create(repository, 1, replace(PLENTY, open_uploads=1)).code == "too_many_open_uploads"


def test_a_change_of_a_missing_document_is_a_conflict(repository: DocumentRepository) -> None:
    for event in (ObjectArrived("v1"), AbortRequested()):
        with pytest.raises(Conflict):
            repository.apply(transition(a_document(), event))
    assert repository.get(OWNER, an_id()) is None


def test_a_repeated_change_succeeds(repository: DocumentRepository) -> None:
    change = transition(create(repository), ObjectArrived("v1"))
    repository.apply(change)
    repository.apply(change)
    assert repository.get(OWNER, an_id()) == change.after


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


def test_a_ready_document_is_not_open_and_keeps_its_bytes_reserved(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1, stored_bytes=150)
    processing = transition(create(repository, 1, limits, size=100), ObjectArrived("v1"))
    repository.apply(processing)
    repository.apply(transition(processing.after, Promoted(1, "image/png", "ab" * 32, "d1")))
    create(repository, 2, limits, size=50)
    assert (
        rejected_create(repository, 3, replace(limits, open_uploads=9), size=1).code
        == "storage_quota_exceeded"
    )


def test_an_aborted_upload_counts_towards_the_daily_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, daily_files=1)
    repository.apply(transition(create(repository, 1, limits), AbortRequested()))
    assert rejected_create(repository, 2, limits).code == "daily_quota_exceeded"
