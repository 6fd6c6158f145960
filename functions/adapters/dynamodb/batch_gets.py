"""Reads of up to 100 items at once. IAM action: dynamodb:BatchGetItem."""

from collections.abc import Callable, Sequence
from typing import Any

from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.retries import sleep_before_retry
from functions.adapters.dynamodb.unavailable import table_unavailable, translate_errors

_MAX_ATTEMPTS = 5


def read(
    dynamodb: Callable[..., dict[str, Any]], table: str, keys: Sequence[Item], *, is_consistent: bool
) -> list[Item]:
    """Returns those of the items that exist. A consistent read costs twice as much. Raises Unavailable.

    DynamoDB returns at most 16 MB at once, so what is left is read again.
    """
    if not keys:
        return []
    wanted: dict[str, Any] = {table: {"Keys": keys, **({"ConsistentRead": True} if is_consistent else {})}}
    found: list[Item] = []
    for attempt in range(_MAX_ATTEMPTS):
        with translate_errors():
            response = dynamodb("BatchGetItem", RequestItems=wanted)
        found += response["Responses"].get(table, [])
        wanted = response.get("UnprocessedKeys", {})
        if not wanted:
            return found
        sleep_before_retry(attempt)
    raise table_unavailable()
