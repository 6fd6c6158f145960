"""The queries of the table as parameters of DynamoDB's API. Without I/O."""

from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, waiting_shard
from functions.domain.document import PURGED_STATUSES, Status
from functions.domain.ids import uuid7
from functions.domain.repository import ListQuery


def page(table: str, query: ListQuery) -> dict[str, Any]:
    """Returns the query of an owner's documents, newest first, without the number of items to read."""
    statuses = {
        f":s{number}": status.value
        for number, status in enumerate(Status)
        if _is_listed(status, query.status)
    }
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
    }


def created_between(table: str, owner: str, since: datetime | None, last: str) -> dict[str, Any]:
    """Returns the query of an owner's documents, oldest first, up to the sort key `last`.

    `since` is inclusive; None selects all.
    """
    first = DOCUMENT_PREFIX + (uuid7(since, bytes(10)) if since else "")
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": to_item({":pk": owner, ":first": first, ":last": last}),
        "ConsistentRead": True,
    }


def due(table: str, shard: int, now: datetime) -> dict[str, Any]:
    """Returns the query of one partition of the sparse index `due`.

    The index contains owners with open uploads, and documents that are not checked with their owner.
    """
    return {
        "TableName": table,
        "IndexName": "due",
        "KeyConditionExpression": "due_shard = :shard AND next_check_at < :now",
        "ExpressionAttributeValues": to_item({":shard": str(shard), ":now": int(now.timestamp())}),
    }


def waiting(table: str, step: str, shard: int) -> dict[str, Any]:
    """Returns the query of the documents of one partition that wait for the step without end, oldest first."""
    return {
        "TableName": table,
        "IndexName": "due",
        "KeyConditionExpression": "due_shard = :shard",
        "ExpressionAttributeValues": to_item({":shard": waiting_shard(step, shard)}),
    }


def failed(table: str, shard: int, since: datetime, before: datetime) -> dict[str, Any]:
    """Returns the query of one partition of the sparse index `failed`, oldest first. Only failed documents are in it."""
    first, last = int(since.timestamp()), int(before.timestamp()) - 1
    return {
        "TableName": table,
        "IndexName": "failed",
        "KeyConditionExpression": "failed_shard = :shard AND failed_at BETWEEN :first AND :last",
        "ExpressionAttributeValues": to_item({":shard": str(shard), ":first": first, ":last": last}),
    }


def _is_listed(status: Status, requested: Status | None) -> bool:
    if status in PURGED_STATUSES:
        return False
    return status is not Status.DELETED if requested is None else status.public_status is requested
