"""The condition key `dynamodb:LeadingKeys`: the partition keys that a request names.

MiniStack lacks the key, so a statement that confines a role to some items denies each request, or with `ForAllValues` allows each.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

_upstream_context = iam_actions.dynamodb_service_context


def install() -> None:
    """Replaces MiniStack's evaluation context of DynamoDB requests."""
    iam_actions.dynamodb_service_context = _context


def _context(body: bytes) -> dict[str, Any]:
    context: dict[str, Any] = _upstream_context(body)
    keys = list(find_leading_keys(_parse(body), _partition_key))
    return context | ({"dynamodb:LeadingKeys": keys} if keys else {})


def find_leading_keys(request: Mapping[str, Any], partition_key: Any) -> Iterator[str]:
    """Yields the value of the partition key of each item or query. `partition_key` returns the name of that of a table."""
    for table, part in _parts(request):
        name = partition_key(table)
        values = [each[name] for each in _items(part) if name in each]
        values += _queried(part, name)
        for value in values:
            yield from map(str, value.values())


def _parts(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields each table with its part of the request: one, or those of a batch or a transaction."""
    if "TableName" in request:
        yield request["TableName"], request
    for table, part in (request.get("RequestItems") or {}).items():
        for each in part if isinstance(part, list) else [part]:
            yield table, each
    for each in request.get("TransactItems") or []:
        for action in each.values():
            yield action["TableName"], action


def _items(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yields the keys and items that a part names. A part of a BatchWriteItem has them one level deeper."""
    for each in (part, part.get("PutRequest") or {}, part.get("DeleteRequest") or {}):
        yield from (each[name] for name in ("Key", "Item") if name in each)
    yield from part.get("Keys") or []


def _queried(part: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Returns the value that a query compares the partition key with."""
    names = part.get("ExpressionAttributeNames") or {}
    found = re.findall(r"([#\w]+)\s*=\s*(:\w+)", part.get("KeyConditionExpression") or "")
    values = part.get("ExpressionAttributeValues") or {}
    return [values[value] for attribute, value in found if names.get(attribute, attribute) == name]


def _partition_key(table: str) -> str:
    schema = dynamodb._tables.get(table.rpartition("/")[2], {}).get("KeySchema", [])
    return next((each["AttributeName"] for each in schema if each["KeyType"] == "HASH"), "")


def _parse(body: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
