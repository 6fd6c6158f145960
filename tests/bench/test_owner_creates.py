"""The bench of creates side by side, on a small scale."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.conflicting_table import ConflictingTable
from bench.owner_creates import create_side_by_side, side_by_side
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.usage import usage_key

ADD: Any = {"TransactItems": [{"Update": {"TableName": "documents", "Key": usage_key("a")}}]}


def test_a_transaction_conflicts_with_another_one_of_the_same_item_until_it_ends() -> None:
    table = ConflictingTable()
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(table, "TransactWriteItems", **ADD)
        while not table.outcomes["written"]:
            time.sleep(0)
        with pytest.raises(DynamoDBError) as raised:
            table("TransactWriteItems", **ADD)
        first.result()
    assert raised.value.response["CancellationReasons"] == [{"Code": "TransactionConflict"}]
    assert table("TransactWriteItems", **ADD) == {}


def test_all_creates_side_by_side_succeed_after_some_attempts() -> None:
    alone, together = create_side_by_side(1, 8), create_side_by_side(8, 16)
    assert (alone.attempts, alone.failed, together.failed) == (1, 0, 0)
    assert together.attempts > 1


def test_each_level_has_its_rows() -> None:
    found = {row.what: row for row in side_by_side((1, 2), 4)}
    assert len(found) == 6
    assert found["1 side by side"].ratio == 1
