"""The contract of `OwnerUsageRepository`, in DynamoDB and in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage
from functions.domain.owner_usage import OwnerUsageRepository
from functions.domain.quota import Usage
from functions.domain.rate import OwnerRate
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.fake_owner_usage import InMemoryOwnerUsage
from tests.moto_account import REGION, Table
from tests.repository_steps import OTHER_OWNER
from tests.table_server import table_client

RATE = OwnerRate(per_second=2, burst=100)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(params=["in memory", "in DynamoDB"])
def counters(request: pytest.FixtureRequest) -> OwnerUsageRepository:
    if request.param == "in memory":
        return InMemoryOwnerUsage()
    table: Table = request.getfixturevalue("table")
    return DynamoDBOwnerUsage(table_client(REGION), table.name)


def test_an_owner_without_documents_uses_nothing(counters: OwnerUsageRepository) -> None:
    assert counters.read(OWNER, NOW) == (Usage(), 0)


def test_the_usage_is_that_of_the_creates(table: Table) -> None:
    table.repository.create(a_document(), PLENTY, None, NOW)
    counters = DynamoDBOwnerUsage(table_client(REGION), table.name)
    counters.add_download(OWNER, 7, 10, NOW)
    usage, download_bytes = counters.read(OWNER, NOW)
    size = a_document().size
    assert replace(usage, tat=None) == Usage(size, 1, 1, size)
    assert download_bytes == 7
    tomorrow, nothing = counters.read(OWNER, NOW + DAY)
    assert (tomorrow.daily_files, tomorrow.reserved_bytes, nothing) == (0, size, 0)


def test_downloads_are_counted_up_to_the_limit_and_not_beyond(counters: OwnerUsageRepository) -> None:
    assert counters.add_download(OWNER, 60, 100, NOW) is None
    assert counters.add_download(OWNER, 41, 100, NOW) == 60
    assert counters.add_download(OWNER, 40, 100, NOW) is None
    assert counters.add_download(OWNER, 1, 100, NOW) == 100
    assert counters.read(OWNER, NOW)[1] == 100


def test_the_first_download_of_a_day_is_counted_whatever_its_size(counters: OwnerUsageRepository) -> None:
    assert counters.add_download(OWNER, 1_000, 100, NOW) is None
    assert counters.add_download(OWNER, 1_000, 100, NOW) == 1_000
    assert counters.add_download(OWNER, 1_000, 100, NOW + DAY) is None
    assert counters.read(OWNER, NOW + DAY)[1] == 1_000


def test_owners_count_by_themselves(counters: OwnerUsageRepository) -> None:
    assert counters.add_download(OWNER, 100, 100, NOW) is None
    assert counters.add_download(OTHER_OWNER, 100, 100, NOW) is None
    assert counters.add_calls(OWNER, 100, RATE, None, NOW).is_admitted
    assert counters.add_calls(OTHER_OWNER, 100, RATE, None, NOW).is_admitted


def test_calls_are_counted_all_or_none(counters: OwnerUsageRepository) -> None:
    first = counters.add_calls(OWNER, 90, RATE, None, NOW)
    assert first.is_admitted
    refused = counters.add_calls(OWNER, 11, RATE, first.tat, NOW)
    assert not refused.is_admitted
    assert refused.tat == first.tat
    assert counters.add_calls(OWNER, 10, RATE, refused.tat, NOW).is_admitted
    assert not counters.add_calls(OWNER, 1, RATE, refused.tat, NOW).is_admitted
    assert counters.add_calls(OWNER, 2, RATE, refused.tat, NOW + SECOND).is_admitted


@pytest.mark.parametrize("pause", [timedelta(0), 10 * SECOND, timedelta(hours=1)])
def test_a_caller_who_has_seen_nothing_counts_as_the_others_do(
    counters: OwnerUsageRepository, pause: timedelta
) -> None:
    """Another function has counted before, so that the first form of the rate is the wrong one."""
    assert counters.add_calls(OWNER, 50, RATE, None, NOW).is_admitted
    assert counters.add_calls(OWNER, 50, RATE, None, NOW + pause).is_admitted


def test_the_list_of_documents_has_no_counter(table: Table) -> None:
    counters = DynamoDBOwnerUsage(table_client(REGION), table.name)
    counters.add_download(OWNER, 1, 1, NOW)
    counters.add_calls(OWNER, 1, RATE, None, NOW)
    table.repository.create(a_document(id=an_id(1)), PLENTY, None, NOW)
    items = table.items()
    assert sorted(sk.partition("#")[0] for sk in items) == ["DOC", "USAGE", "USAGE", "USAGE"]
    assert all("ttl" in items[sk] for sk in items if sk.startswith("USAGE#"))
