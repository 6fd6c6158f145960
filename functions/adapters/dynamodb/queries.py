"""The table's queries as request parameters; nothing here talks to AWS."""

from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, to_item
from functions.domain.document import PURGED_STATUSES, Status
from functions.domain.ids import uuid7
from functions.domain.repository import ListQuery

_FILTERED_PAGE = 200
"""Items read at once where a filter leaves few of them."""


def page(table: str, query: ListQuery) -> dict[str, Any]:
    """One page of an owner's documents, newest first."""
    statuses = {f":s{n}": status.value for n, status in enumerate(Status) if _wanted(status, query.status)}
    conditions = [f"#status IN ({', '.join(statuses)})"]
    names, values = {"#status": "status"}, {":pk": query.owner, ":prefix": DOCUMENT_PREFIX} | statuses
    if query.kind is not None:
        names["#kind"], values[":kind"] = "kind", query.kind
        conditions.append("#kind = :kind")
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
        "FilterExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_item(values),
        "ScanIndexForward": False,
        "ConsistentRead": True,
        # Without a filter of the client's, nearly all that is read is wanted.
        "Limit": query.limit + 1 if query.status is query.kind is None else _FILTERED_PAGE,
    }


def created_since(table: str, owner: str, since: datetime | None) -> dict[str, Any]:
    """An owner's documents, oldest first."""
    first = DOCUMENT_PREFIX + (uuid7(since, bytes(10)) if since else "")
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": to_item({":pk": owner, ":first": first, ":last": f"{DOCUMENT_PREFIX}~"}),
        "ConsistentRead": True,
    }


def due(table: str, shard: int, now: datetime) -> dict[str, Any]:
    """One shard of the sparse index `due`: owners with open uploads, and documents that need a look of their own."""
    return {
        "TableName": table,
        "IndexName": "due",
        "KeyConditionExpression": "due_shard = :shard AND next_check_at < :now",
        "ExpressionAttributeValues": to_item({":shard": str(shard), ":now": int(now.timestamp())}),
    }


def _wanted(status: Status, asked: Status | None) -> bool:
    if status in PURGED_STATUSES:
        return False
    return status is not Status.DELETED if asked is None else status.public_status is asked
