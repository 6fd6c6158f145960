"""What `DocumentRepository` promises, held by the table and by the fake that the use cases are tested on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Method
from functions.domain.errors import AirlockError, TooMany, WrongState
from functions.domain.events import AbortRequested, ObjectArrived, Promoted
from functions.domain.quota import Limits
from functions.domain.repository import AlreadyCreated, Conflict, DocumentRepository, IdempotencyKey
from tests.adapters.repository import DAY, KEY, STRANGER, after, create
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id


def refused(repository: DocumentRepository, number: int, limits: Limits, **changes: object) -> AirlockError:
    """Why this create is refused; that nothing of it was written is checked as well."""
    with pytest.raises(AirlockError) as error:
        create(repository, number, limits, IdempotencyKey("of-a-refused-create", "f"), **changes)
    assert repository.get(OWNER, an_id(number)) is None
    create(repository, number, PLENTY, IdempotencyKey("of-a-refused-create", "f"), size=1)
    return error.value


def test_a_document_is_read_back_as_it_was_created(repository: DocumentRepository) -> None:
    document = create(
        repository,
        file_name="Übersicht \u2013 ключ \U0001f600.pdf",
        declared_sha256="ab" * 32,
        method=Method.POST,
        metadata={"case": "17", "empty": ""},
        created_at=NOW + timedelta(microseconds=123456),
    )
    assert repository.get(OWNER, an_id()) == document


def test_a_document_is_read_back_as_it_was_changed(repository: DocumentRepository) -> None:
    claimed = after(create(repository), ObjectArrived("v1"))
    repository.apply(claimed)
    assert repository.get(OWNER, an_id()) == claimed.after
    ready = after(claimed.after, Promoted(1, "image/png", "ab" * 32, "d1"))
    repository.apply(ready)
    assert repository.get(OWNER, an_id()) == ready.after


def test_what_is_not_there_or_somebody_elses_is_none(repository: DocumentRepository) -> None:
    create(repository)
    assert repository.get(OWNER, an_id(1)) is None
    assert repository.get(STRANGER, an_id()) is None


def test_a_create_whose_answer_was_lost_can_be_repeated_and_is_charged_once(
    repository: DocumentRepository,
) -> None:
    create(repository, key=KEY)
    create(repository, key=KEY)
    assert refused(repository, 1, replace(PLENTY, open_uploads=1)).code == "too_many_open_uploads"
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
def test_creates_may_reach_a_limit_and_not_exceed_it(
    repository: DocumentRepository, limits: Limits, code: str
) -> None:
    create(repository, 1, limits, size=100)
    create(repository, 2, limits, size=100)
    error = refused(repository, 3, limits, size=100)
    assert isinstance(error, TooMany | WrongState)
    assert error.code == code


@pytest.mark.parametrize("limits", [replace(PLENTY, stored_bytes=200), replace(PLENTY, daily_bytes=200)])
def test_one_byte_too_many_is_refused_and_one_less_is_not(
    repository: DocumentRepository, limits: Limits
) -> None:
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
def test_a_limit_holds_for_the_first_document_of_an_owner_too(
    repository: DocumentRepository, limits: Limits
) -> None:
    refused(repository, 1, limits, size=100)


def test_the_limits_of_one_owner_are_not_used_up_by_another(repository: DocumentRepository) -> None:
    limits = Limits(open_uploads=1, stored_bytes=100, daily_files=1, daily_bytes=100)
    create(repository, 1, limits, size=100)
    create(repository, 2, limits, size=100, owner=STRANGER)


def test_a_new_day_has_a_new_daily_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, daily_files=1)
    create(repository, 1, limits)
    document = a_document(id=an_id(2))
    with pytest.raises(TooMany):
        repository.create(document, limits, None, NOW)
    repository.create(document, limits, None, NOW + DAY)


def test_an_idempotency_key_finds_the_document_it_was_first_used_for(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    with pytest.raises(AlreadyCreated) as earlier:
        create(repository, 2, key=replace(KEY, fingerprint="another"))
    assert (earlier.value.document_id, earlier.value.fingerprint) == (an_id(1), "fingerprint")
    assert repository.get(OWNER, an_id(2)) is None


def test_an_idempotency_key_counts_before_a_quota(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1)
    create(repository, 1, limits, key=KEY)
    with pytest.raises(AlreadyCreated):
        create(repository, 2, limits, key=KEY)


def test_an_idempotency_key_belongs_to_its_owner(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    create(repository, 2, key=KEY, owner=STRANGER)
    assert repository.get(STRANGER, an_id(2)) is not None


def test_an_idempotency_key_is_good_for_a_day(repository: DocumentRepository) -> None:
    create(repository, 1, key=KEY)
    with pytest.raises(AlreadyCreated):
        repository.create(a_document(id=an_id(2)), PLENTY, KEY, NOW + DAY)
    repository.create(a_document(id=an_id(3)), PLENTY, KEY, NOW + DAY + timedelta(seconds=1))
    with pytest.raises(AlreadyCreated) as earlier:
        repository.create(a_document(id=an_id(4)), PLENTY, KEY, NOW + DAY + timedelta(seconds=2))
    assert earlier.value.document_id == an_id(3)


def test_of_two_changes_of_the_same_record_the_first_wins(repository: DocumentRepository) -> None:
    document = create(repository)
    first, second = after(document, ObjectArrived("v1")), after(document, ObjectArrived("v2"))
    repository.apply(first)
    with pytest.raises(Conflict):
        repository.apply(second)
    assert repository.get(OWNER, an_id()) == first.after


def test_a_change_with_usage_that_comes_second_changes_neither_record_nor_usage(
    repository: DocumentRepository,
) -> None:
    document = create(repository)
    first, second = after(document, ObjectArrived("v1")), after(document, AbortRequested())
    repository.apply(first)
    with pytest.raises(Conflict):
        repository.apply(second)
    assert repository.get(OWNER, an_id()) == first.after
    assert refused(repository, 1, replace(PLENTY, open_uploads=1)).code == "too_many_open_uploads"


def test_a_change_of_what_is_not_there_is_a_conflict(repository: DocumentRepository) -> None:
    for event in (ObjectArrived("v1"), AbortRequested()):
        with pytest.raises(Conflict):
            repository.apply(after(a_document(), event))
    assert repository.get(OWNER, an_id()) is None


def test_a_change_whose_answer_was_lost_can_be_repeated(repository: DocumentRepository) -> None:
    transition = after(create(repository), ObjectArrived("v1"))
    repository.apply(transition)
    repository.apply(transition)
    assert repository.get(OWNER, an_id()) == transition.after


def test_what_is_released_is_free_again_and_is_released_once(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=2, stored_bytes=200)
    first, _ = create(repository, 1, limits, size=100), create(repository, 2, limits, size=100)
    close_upload = after(first, AbortRequested())
    repository.apply(close_upload)
    with pytest.raises(Conflict):
        repository.apply(close_upload)
    create(repository, 3, limits, size=100)
    with pytest.raises(TooMany):
        create(repository, 4, limits, size=100)


def test_a_finished_upload_is_no_longer_open_and_still_charged(repository: DocumentRepository) -> None:
    limits = replace(PLENTY, open_uploads=1, stored_bytes=150)
    claimed = after(create(repository, 1, limits, size=100), ObjectArrived("v1"))
    repository.apply(claimed)
    repository.apply(after(claimed.after, Promoted(1, "image/png", "ab" * 32, "d1")))
    create(repository, 2, limits, size=50)
    assert refused(repository, 3, replace(limits, open_uploads=9), size=1).code == "storage_quota_exceeded"


def test_what_was_created_today_counts_for_today_even_if_it_was_aborted(
    repository: DocumentRepository,
) -> None:
    limits = replace(PLENTY, daily_files=1)
    repository.apply(after(create(repository, 1, limits), AbortRequested()))
    assert refused(repository, 2, limits).code == "daily_quota_exceeded"
