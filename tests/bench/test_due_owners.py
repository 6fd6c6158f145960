"""The simulation of sweeps, on a small scale."""

import pytest

from bench.due_owners import COPIES, THREADS, SweepSimulation, rows
from bench.virtual_time import S3_CALL, TABLE_CALL
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.repository import DUE_SHARDS


def test_sweeps_expire_every_upload_and_recount_no_owner_twice_in_a_period() -> None:
    simulation = SweepSimulation(200)
    drain = simulation.drain()
    assert (simulation.table.expired, simulation.table.left) == (200, 0)
    assert (drain.looks, drain.most_looks) == (2, 1)
    repository = DynamoDBDocuments(simulation.table, "documents")
    assert [entry for shard in range(DUE_SHARDS) for entry in repository.due(shard, simulation.time())] == []


def test_copies_and_threads_share_the_calls() -> None:
    """The owners take five calls of the table and one of S3 each. Slices start and end between them."""
    few, many = (SweepSimulation(count).drain(until_idle=False).seconds for count in (200, 600))
    each = (5 * TABLE_CALL + S3_CALL) / (COPIES * THREADS)
    # Eight shards for five copies leave copies idle in the second turn.
    assert each < (many - few) / 400 < 2 * each


def test_the_rows_name_the_number_of_owners() -> None:
    found = [row.what for row in rows((10, 20, 30))]
    assert found[0] == "20 owners"
    assert found[-1] == "30 owners"
    assert len(found) == len({*found})


@pytest.mark.parametrize("owners", [1, 9])
def test_a_drain_of_few_owners_ends(owners: int) -> None:
    assert SweepSimulation(owners).drain().seconds > 0
