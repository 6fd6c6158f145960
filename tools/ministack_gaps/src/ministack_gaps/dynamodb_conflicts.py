"""TransactWriteItems: a transaction takes time, and writes of its items conflict with it meanwhile.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
"""

import asyncio
import json
from typing import Any

from ministack.services import dynamodb

from ministack_gaps.responses import Headers, Query, Response

DURATION = 0.005
"""Seconds that a transaction takes."""

_SINGLE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")
_HEADERS = {"Content-Type": "application/x-amz-json-1.0"}

Target = tuple[str, str]
"""Table, and primary key as JSON."""

_upstream_request = dynamodb.handle_request
_in_progress: set[Target] = set()


def install() -> None:
    """Replaces the entry of the service. MiniStack serves all requests on one thread, so that a set is enough."""
    dynamodb.handle_request = _handle_request


async def _handle_request(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Response:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation in _SINGLE_WRITES and _target(json.loads(body)) in _in_progress:
        return _error("TransactionConflictException", "Transaction is ongoing for the item")
    if operation != "TransactWriteItems":
        return await _upstream(method, path, headers, body, query)
    targets = [_target(action) for item in json.loads(body)["TransactItems"] for action in item.values()]
    conflicts = [target in _in_progress for target in targets]
    if any(conflicts):
        return _cancel(conflicts)
    _in_progress.update(targets)
    try:
        await asyncio.sleep(DURATION)
        return await _upstream(method, path, headers, body, query)
    finally:
        _in_progress.difference_update(targets)


async def _upstream(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Response:
    return await _upstream_request(method, path, headers, body, query)  # type: ignore[no-any-return]


def _target(action: dict[str, Any]) -> Target:
    """Returns the item that the action of a transaction, or a single write, changes."""
    table = str(action.get("TableName", ""))
    values = action.get("Key") or action.get("Item") or {}
    schema = dynamodb._tables.get(table) or {}
    names = (schema.get("pk_name"), schema.get("sk_name"))
    return table, json.dumps([values.get(name) for name in names])


def _cancel(conflicts: list[bool]) -> Response:
    reasons = [
        {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        if conflict
        else {"Code": "None"}
        for conflict in conflicts
    ]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return _error("TransactionCanceledException", message, CancellationReasons=reasons)


def _error(code: str, message: str, **more: Any) -> Response:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **more}
    return 400, _HEADERS | {"x-amzn-errortype": code}, json.dumps(body).encode()
