"""The contract of the rate of creates, in DynamoDB and in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.domain.errors import AirlockError, TooMany
from functions.domain.rate import OwnerRate
from functions.domain.repository import AlreadyCreated, DocumentRepository
from tests.examples import NOW, PLENTY, a_document, an_id
from tests.repository_steps import KEY, OTHER_OWNER

RATE = OwnerRate(per_second=2, burst=20)
LIMITS = replace(PLENTY, creates=RATE)
SECOND = timedelta(seconds=1)


def create(repository: DocumentRepository, first: int, count: int, now: datetime) -> Sequence[object]:
    """Creates a batch. Returns a code for each document that is left out."""
    documents = [a_document(id=an_id(first + number)) for number in range(count)]
    results = repository.create_batch(documents, LIMITS, None, now)
    return [result.code for result in results if isinstance(result, AirlockError)]


def test_a_burst_is_admitted_and_the_next_create_waits_exactly(repository: DocumentRepository) -> None:
    assert create(repository, 0, 15, NOW) == []
    assert create(repository, 15, 5, NOW) == []
    with pytest.raises(TooMany) as error:
        repository.create(a_document(id=an_id(20)), LIMITS, None, NOW)
    assert (error.value.code, error.value.retry_after) == ("too_many_creates", 1)
    later = NOW + SECOND
    assert create(repository, 21, 3, later) == ["too_many_creates"]
    assert create(repository, 24, 1, later) == ["too_many_creates"]


def test_each_document_of_a_batch_counts(repository: DocumentRepository) -> None:
    assert create(repository, 0, 23, NOW) == ["too_many_creates"] * 3


def test_creates_at_the_sustained_rate_are_never_refused(repository: DocumentRepository) -> None:
    assert create(repository, 0, 20, NOW) == []
    for number in range(1, 11):
        assert create(repository, 20 + number, 1, NOW + number * SECOND / 2) == []


def test_a_pause_restores_the_burst(repository: DocumentRepository) -> None:
    assert create(repository, 0, 20, NOW) == []
    later = NOW + 60 * SECOND
    assert create(repository, 20, 20, later) == []
    assert create(repository, 40, 1, later) == ["too_many_creates"]


def test_each_owner_has_a_rate_of_their_own(repository: DocumentRepository) -> None:
    assert create(repository, 0, 20, NOW) == []
    repository.create(a_document(id=an_id(20), owner=OTHER_OWNER), LIMITS, None, NOW)


def test_a_repeated_create_is_not_refused(repository: DocumentRepository) -> None:
    repository.create(a_document(id=an_id(0)), LIMITS, KEY, NOW)
    assert create(repository, 1, 19, NOW) == []
    with pytest.raises(AlreadyCreated):
        repository.create(a_document(id=an_id(20)), LIMITS, KEY, NOW)


@pytest.mark.parametrize("skew", [timedelta(seconds=-3), timedelta(seconds=3)])
def test_clocks_that_differ_share_one_rate(repository: DocumentRepository, skew: timedelta) -> None:
    """The creates of two functions, whose clocks differ by three seconds, at 1 a second in all."""
    refused: list[object] = []
    for number in range(30):
        clock = NOW + number * SECOND + (skew if number % 2 else timedelta(0))
        refused += create(repository, number, 1, clock)
    assert refused == []
