"""The simulation of creates side by side, on a small scale, and its threads on virtual time."""

from functools import partial
from typing import Any

import pytest

from bench.conflicting_table import ConflictingTable
from bench.owner_creates import Creates, create, create_in_bursts
from bench.virtual_threads import VirtualThreads
from bench.virtual_time import TABLE_CALL
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.usage import usage_key


def test_threads_run_in_the_order_of_virtual_time() -> None:
    threads = VirtualThreads()
    woken: list[tuple[str, float]] = []

    def sleep(name: str, *naps: float) -> str:
        for nap in naps:
            threads.sleep(nap)
            woken.append((name, threads.monotonic()))
        return name

    assert threads.run([partial(sleep, "a", 3, 3), partial(sleep, "b", 2, 2), partial(sleep, "c")]) == [
        *"abc"
    ]
    assert woken == [("b", 2), ("a", 3), ("b", 4), ("a", 6)]


def test_an_error_of_one_thread_is_raised_after_the_others_have_ended() -> None:
    threads = VirtualThreads()

    def fail(after: float) -> None:
        threads.sleep(after)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        threads.run([partial(fail, 1), partial(threads.sleep, 7)])
    assert threads.monotonic() == 7


def test_a_transaction_conflicts_with_another_one_of_the_same_item_until_it_ends() -> None:
    threads = VirtualThreads()
    table = ConflictingTable(threads)
    add: Any = {"TransactItems": [{"Update": {"TableName": "documents", "Key": usage_key("a")}}]}

    def write(after: float) -> Any:
        threads.sleep(after)
        try:
            return table("TransactWriteItems", **add)
        except DynamoDBError as error:
            return error.response["CancellationReasons"]

    conflict = [{"Code": "TransactionConflict"}]
    results = threads.run([partial(write, after) for after in (0, TABLE_CALL / 2, 2 * TABLE_CALL)])
    assert results == [{}, conflict, {}]


def test_all_creates_at_once_succeed_after_some_attempts() -> None:
    alone, together = create_in_bursts(1, 8), create_in_bursts(8, 16)
    assert alone.rate == pytest.approx(1 / TABLE_CALL)
    assert (alone.succeeded, alone.attempts, alone.failed) == (8, 8, 0)
    assert (together.succeeded, together.failed) == (16, 0)
    assert together.attempts > 16
    assert together.longest > alone.longest


def test_clients_pause_between_their_creates() -> None:
    creates = create(2, 10, pause=1)
    assert creates.succeeded == 10
    assert 5 < creates.seconds < 6


def test_the_rows_are_relative_to_a_client_that_is_alone() -> None:
    rate, failed, attempts, longest = Creates(3, 1, 8, 2, 0.5).rows("four", alone=3, bar=0)
    assert (rate.value, rate.ratio) == (1.5, 0.5)
    assert (failed.value, failed.is_above_bar) == (0.25, True)
    assert (attempts.value, longest.value) == (2, 0.5)
