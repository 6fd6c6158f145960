"""Concurrent transactions on one item."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

_CLIENTS = 8


def _create_table(account: Account) -> str:
    name = f"table-{uuid.uuid4().hex}"
    account.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def _add(table: str, key: str) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": {"pk": {"S": key}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


def _put(table: str) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": {"pk": {"S": uuid.uuid4().hex}}}}


def _run_side_by_side(account: Account, call: str, requests: list[dict[str, Any]]) -> Counter[str]:
    """Returns the number of responses by the cancellation reason of the second action, or by the code of the error."""
    clients = [account.client("dynamodb") for _ in range(_CLIENTS)]

    def send(number: int) -> str:
        try:
            getattr(clients[number % _CLIENTS], call)(**requests[number])
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons")
            return str(reasons[1]["Code"] if reasons else error.response["Error"]["Code"])
        return "written"

    with ThreadPoolExecutor(_CLIENTS) as executor:
        return Counter(executor.map(send, range(len(requests))))


def test_transactions_with_a_common_item_conflict_and_only_written_ones_count(
    closed: Account, published: Account
) -> None:
    def outcomes(account: Account) -> Counter[str]:
        table = _create_table(account)
        request = [{"TransactItems": [_put(table), {"Update": _add(table, "a")}]} for _ in range(64)]
        counted = _run_side_by_side(account, "transact_write_items", request)
        item = account.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": "a"}})["Item"]
        assert item["n"]["N"] == str(counted["written"])
        return counted

    conflicting = outcomes(closed)
    assert set(conflicting) == {"written", "TransactionConflict"}
    assert set(outcomes(published)) == {"written"}, FIXED_UPSTREAM


def test_transactions_without_a_common_item_do_not_conflict(closed: Account) -> None:
    table = _create_table(closed)
    requests = [{"TransactItems": [_put(table), {"Update": _add(table, str(n))}]} for n in range(64)]
    assert set(_run_side_by_side(closed, "transact_write_items", requests)) == {"written"}


def test_a_single_write_conflicts_with_a_transaction(closed: Account, published: Account) -> None:
    def codes(account: Account) -> set[str]:
        table = _create_table(account)
        with ThreadPoolExecutor(1) as background:
            transactions = [{"TransactItems": [_put(table), {"Update": _add(table, "a")}]} for _ in range(64)]
            running = background.submit(_run_side_by_side, account, "transact_write_items", transactions)
            writes = [_add(table, "a") for _ in range(64)]
            single = _run_side_by_side(account, "update_item", writes)
            running.result()
        return set(single)

    assert codes(closed) == {"written", "TransactionConflictException"}
    assert codes(published) == {"written"}, FIXED_UPSTREAM
