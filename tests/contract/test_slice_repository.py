"""The contract of `SliceRepository`, in DynamoDB and in memory."""

from datetime import timedelta

import pytest

from functions.adapters.dynamodb.slices import DynamoDBSlices
from functions.domain.slices import SLICE_LEASE, SliceRecord, SliceRepository
from tests.examples import NOW
from tests.fakes import InMemorySlices
from tests.moto_account import REGION, Table
from tests.table_server import table_client

NEW = SliceRecord(name="staging/0")


@pytest.fixture(params=["in memory", "in DynamoDB"])
def slices(request: pytest.FixtureRequest) -> SliceRepository:
    if request.param == "in memory":
        return InMemorySlices()
    table: Table = request.getfixturevalue("table")
    return DynamoDBSlices(table_client(REGION), table.name)


def test_a_slice_that_never_began_is_new_and_not_listed(slices: SliceRepository) -> None:
    assert slices.get("staging/0") == NEW
    assert slices.get_all() == {}


def test_a_record_is_read_as_it_was_written(slices: SliceRepository) -> None:
    claimed = NEW.claim(NOW)
    paused = claimed.pause('["a", "b"]')
    done = paused.complete(NOW + SLICE_LEASE)
    for before, after in ((NEW, claimed), (claimed, paused), (paused, done)):
        assert slices.replace(before, after)
        assert slices.get("staging/0") == after
        assert slices.get_all() == {"staging/0": after}


def test_only_one_of_two_runs_claims_a_slice(slices: SliceRepository) -> None:
    assert slices.replace(NEW, NEW.claim(NOW))
    assert not slices.replace(NEW, NEW.claim(NOW + timedelta(seconds=1)))
    paused = NEW.claim(NOW).pause("c")
    assert slices.replace(NEW.claim(NOW), paused)
    assert slices.replace(paused, paused.claim(NOW))
    assert not slices.replace(paused, paused.claim(NOW))


def test_a_run_whose_lease_another_has_taken_writes_nothing(slices: SliceRepository) -> None:
    late = NOW + SLICE_LEASE
    assert slices.replace(NEW, NEW.claim(NOW))
    assert slices.replace(NEW.claim(NOW), NEW.claim(late))
    assert not slices.replace(NEW.claim(NOW), NEW.claim(NOW).complete(late))


def test_every_slice_has_a_record_of_its_own(slices: SliceRepository) -> None:
    names = ["staging/0", "staging/scan/0", "due/0"]
    for name in names:
        new = SliceRecord(name=name)
        assert slices.replace(new, new.claim(NOW))
    assert sorted(slices.get_all()) == sorted(names)
