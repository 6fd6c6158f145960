"""The contract of `DocumentRepository.create_batch`, in DynamoDB and in memory."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.quota import BatchResult, Limits
from functions.domain.repository import AlreadyCreated, DocumentRepository
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.repository_steps import KEY, OTHER_OWNER, create

INVALID = InvalidInput(Code.FILENAME_INVALID, "Not a name.", field="fileName")


def documents(count: int, size: int = 100, owner: str = OWNER) -> list[Document]:
    return [
        a_document(id=an_id(number), size=size, reserved_bytes=size, owner=owner) for number in range(count)
    ]


def codes(results: Sequence[BatchResult | str]) -> list[str]:
    """Returns "created" or the code of each result."""
    return [str(result.code) if isinstance(result, AirlockError) else "created" for result in results]


def stored(repository: DocumentRepository, count: int) -> list[bool]:
    return [repository.get(OWNER, an_id(number)) is not None for number in range(count)]


def test_all_documents_of_a_batch_are_read_back_unchanged(repository: DocumentRepository) -> None:
    batch = documents(50)
    assert repository.create_batch(batch, PLENTY, KEY, NOW) == tuple(batch)
    assert [repository.get(OWNER, document.id) for document in batch] == batch


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(PLENTY, open_uploads=3), "too_many_open_uploads"),
        (replace(PLENTY, daily_files=3), "daily_quota_exceeded"),
        (replace(PLENTY, daily_bytes=399), "daily_quota_exceeded"),
        (replace(PLENTY, stored_bytes=399), "storage_quota_exceeded"),
    ],
)
@pytest.mark.parametrize("is_new_owner", [True, False])
def test_as_many_from_the_front_as_the_limits_allow_are_created(
    repository: DocumentRepository, limits: Limits, code: str, is_new_owner: bool
) -> None:
    already = 0 if is_new_owner else 1
    if already:
        create(repository, 9, limits, size=100)
    results = repository.create_batch(documents(5), limits, None, NOW)
    room = 3 - already
    assert codes(results) == ["created"] * room + [code] * (5 - room)
    assert stored(repository, 5) == [True] * room + [False] * (5 - room)


def test_a_small_document_after_one_that_exceeds_a_limit_is_left_out_too(
    repository: DocumentRepository,
) -> None:
    first, _, third = documents(3)
    batch = [first, replace(first, id=an_id(1), size=1_000), third]
    limits = replace(PLENTY, stored_bytes=500, open_uploads=2)
    results = repository.create_batch(batch, limits, None, NOW)
    assert codes(results) == ["created", "storage_quota_exceeded", "storage_quota_exceeded"]


def test_every_document_of_a_batch_counts_in_the_usage(repository: DocumentRepository) -> None:
    repository.create_batch(documents(3), PLENTY, None, NOW)
    for full in (
        replace(PLENTY, open_uploads=3),
        replace(PLENTY, daily_files=3),
        replace(PLENTY, daily_bytes=300),
        replace(PLENTY, stored_bytes=300),
    ):
        with pytest.raises(AirlockError):
            create(repository, 9, full, size=1)
    limits = replace(PLENTY, open_uploads=4, daily_files=4, daily_bytes=301, stored_bytes=301)
    create(repository, 9, limits, size=1)


def test_an_invalid_item_keeps_its_place_and_counts_nothing(repository: DocumentRepository) -> None:
    first, second = documents(2)
    results = repository.create_batch(
        [INVALID, first, INVALID, second], replace(PLENTY, open_uploads=2), None, NOW
    )
    assert codes(results) == ["filename_invalid", "created", "filename_invalid", "created"]


def test_a_batch_without_a_valid_document_writes_nothing(repository: DocumentRepository) -> None:
    assert repository.create_batch([INVALID], PLENTY, KEY, NOW) == (INVALID,)
    results = repository.create_batch(documents(2), replace(PLENTY, open_uploads=0), KEY, NOW)
    assert codes(results) == ["too_many_open_uploads"] * 2
    create(repository, key=KEY)


def test_a_repeated_batch_returns_all_first_results(repository: DocumentRepository) -> None:
    first, second, third = documents(3)
    limits = replace(PLENTY, open_uploads=2)
    repository.create_batch([first, INVALID, second, third], limits, KEY, NOW)
    others = [
        replace(document, id=an_id(number + 10)) for number, document in enumerate([first, second, third])
    ]
    with pytest.raises(AlreadyCreated) as error:
        repository.create_batch([others[0], INVALID, *others[1:]], PLENTY, KEY, NOW)
    one, invalid, two, limit = error.value.results
    assert (one, two) == (first.id, second.id)
    assert isinstance(invalid, AirlockError)
    assert (invalid.code, invalid.detail, invalid.field) == (INVALID.code, INVALID.detail, INVALID.field)
    assert isinstance(limit, AirlockError)
    assert (limit.code, limit.retry_after) == ("too_many_open_uploads", 60)
    assert error.value.fingerprint == KEY.fingerprint
    assert repository.get(OWNER, others[0].id) is None


def test_a_create_and_a_batch_share_the_keys_of_their_owner(repository: DocumentRepository) -> None:
    create(repository, 5, key=KEY)
    with pytest.raises(AlreadyCreated) as error:
        repository.create_batch(documents(2), PLENTY, KEY, NOW)
    assert error.value.results == (an_id(5),)
    theirs = documents(2, owner=OTHER_OWNER)
    assert repository.create_batch(theirs, PLENTY, KEY, NOW) == tuple(theirs)


def test_a_batch_of_one_is_repeated_as_a_batch(repository: DocumentRepository) -> None:
    repository.create_batch(documents(1), PLENTY, KEY, NOW)
    with pytest.raises(AlreadyCreated) as error:
        repository.create_batch([a_document(id=an_id(7))], PLENTY, KEY, NOW)
    assert error.value.results == (an_id(0),)
