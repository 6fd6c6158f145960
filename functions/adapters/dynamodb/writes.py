"""The conditional writes of the table as parameters of DynamoDB's API. Without I/O."""

import os
from datetime import datetime, timedelta
from typing import Any

from functions.adapters.dynamodb import usage
from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import WRITE_ID, build_item, document_to_item
from functions.domain.document import Document
from functions.domain.events import Transition
from functions.domain.quota import Limits
from functions.domain.repository import IdempotencyKey

QUARANTINE = "QUARANTINE"
"""Partition key of all reports of objects without a record."""

_IDEMPOTENCY_LIFETIME = timedelta(hours=24)


def idempotency_sort_key(key: IdempotencyKey) -> str:
    return f"IDEM#{key.key_hash}"


def create(
    table: str, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
) -> list[dict[str, Any]]:
    """Returns the items of one transaction: the document, the owner's usage, and the idempotency key if there is one."""
    put = {
        "TableName": table,
        "Item": document_to_item(document),
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    items: list[dict[str, Any]] = [
        {"Put": put},
        {"Update": usage.reserve(table, document, limits, now)},
    ]
    if idempotency is not None:
        items.append({"Put": _put_idempotency_key(table, document, idempotency, now)})
    return items


def apply(table: str, transition: Transition) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Returns the Put of the document's next revision, and the Update of the owner's usage if the usage changes."""
    put = {
        "TableName": table,
        "Item": document_to_item(transition.after) | to_item({WRITE_ID: os.urandom(8).hex()}),
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": to_item({":revision": transition.before.revision}),
    }
    if transition.reserved_bytes == 0 and transition.open_uploads == 0:
        return put, None
    return put, usage.add(table, transition.after.owner, transition.reserved_bytes, transition.open_uploads)


def quarantine(table: str, key: str, version: str, now: datetime) -> dict[str, Any]:
    """Returns the Put of a report. It is written once, so that `found_at` is the time of the first discovery."""
    return {
        "TableName": table,
        "Item": build_item({"pk": QUARANTINE, "sk": f"{key}#{version}", "found_at": now.isoformat()}),
        "ConditionExpression": "attribute_not_exists(pk)",
    }


def _put_idempotency_key(
    table: str, document: Document, key: IdempotencyKey, now: datetime
) -> dict[str, Any]:
    values = {
        "pk": document.owner,
        "sk": idempotency_sort_key(key),
        "document_id": document.id,
        "fingerprint": key.fingerprint,
        "ttl": int((now + _IDEMPOTENCY_LIFETIME).timestamp()),
    }
    return {
        "TableName": table,
        "Item": build_item(values),
        # DynamoDB removes expired items only within days, so an expired key counts as absent.
        "ConditionExpression": "attribute_not_exists(pk) OR #ttl < :now",
        "ExpressionAttributeNames": {"#ttl": "ttl"},
        "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
    }
