"""The conditional writes of the table as parameters of DynamoDB's API. Without I/O."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from functions.adapters.dynamodb import usage
from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import CHANGE, WRITE_ID, build_item, document_to_item, read_item
from functions.domain.changes import Change, find_change
from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import AirlockError
from functions.domain.events import Transition
from functions.domain.quota import BatchResult, Limits
from functions.domain.repository import AlreadyCreated, IdempotencyKey

ORPHAN = "ORPHAN"
"""Partition key of all reports of objects without a record."""

_IDEMPOTENCY_LIFETIME = timedelta(hours=24)


def idempotency_sort_key(key: IdempotencyKey) -> str:
    return f"IDEM#{key.key_hash}"


def create(
    table: str,
    results: Sequence[BatchResult],
    limits: Limits,
    idempotency: IdempotencyKey | None,
    tat: datetime | None,
    now: datetime,
) -> list[dict[str, Any]]:
    """Returns the items of one transaction: the documents, the owner's usage, and the idempotency key if there is one.

    `results` contain at least one document. `tat` is a lower bound of the owner's TAT, see `usage.reserve`.
    """
    documents = [result for result in results if isinstance(result, Document)]
    items = [{"Put": _put_document(table, document)} for document in documents]
    items.append({"Update": usage.reserve(table, documents, limits, tat, now)})
    if idempotency is not None:
        items.append({"Put": _put_idempotency_key(table, documents[0].owner, results, idempotency, now)})
    return items


def read_idempotency_key(item: Item) -> AlreadyCreated:
    """Returns the results that `create` has stored. Raises SchemaVersionError."""
    values = read_item(item)
    results = values.get("results") or [{"id": values["document_id"]}]
    return AlreadyCreated([_result_from_map(result) for result in results], values["fingerprint"])


def is_expired(item: Item, now: datetime) -> bool:
    """Returns True for an item that DynamoDB has yet to remove, which takes days."""
    return bool(read_item(item)["ttl"] < now.timestamp())


def apply(table: str, transition: Transition) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Returns the Put of the document's next revision, and the Update of the owner's usage if the usage changes."""
    change = find_change(transition.before.status, transition.after.status)
    put = {
        "TableName": table,
        "Item": document_to_item(transition.after) | to_item({WRITE_ID: os.urandom(8).hex(), CHANGE: change}),
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": to_item({":revision": transition.before.revision}),
    }
    if transition.reserved_bytes == 0 and transition.open_uploads == 0:
        return put, None
    after = transition.after
    rejected_at = after.updated_at if change is Change.REJECTED else None
    created = (after.created_at, transition.daily_bytes) if transition.daily_bytes else None
    return put, usage.add(
        table, after.owner, transition.reserved_bytes, transition.open_uploads, rejected_at, created
    )


def report_orphan(table: str, key: str, version: str, now: datetime) -> dict[str, Any]:
    """Returns the Put of a report. It is written once, so that `found_at` is the time of the first discovery."""
    return {
        "TableName": table,
        "Item": build_item({"pk": ORPHAN, "sk": f"{key}#{version}", "found_at": now.isoformat()}),
        "ConditionExpression": "attribute_not_exists(pk)",
    }


def _put_document(table: str, document: Document) -> dict[str, Any]:
    return {
        "TableName": table,
        "Item": document_to_item(document) | to_item({CHANGE: Change.CREATED}),
        "ConditionExpression": "attribute_not_exists(pk)",
    }


def _put_idempotency_key(
    table: str, owner: str, results: Sequence[BatchResult], key: IdempotencyKey, now: datetime
) -> dict[str, Any]:
    maps = [_result_to_map(result) for result in results]
    values = {
        "pk": owner,
        "sk": idempotency_sort_key(key),
        **({"document_id": maps[0]["id"]} if len(maps) == 1 else {"results": maps}),
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


def _result_to_map(result: BatchResult) -> dict[str, Any]:
    if isinstance(result, Document):
        return {"id": result.id}
    values = {
        "code": result.code.value,
        "detail": result.detail,
        "field": result.field,
        "retry_after": result.retry_after,
        "duplicate_of": result.duplicate_of,
    }
    return {name: value for name, value in values.items() if value is not None}


def _result_from_map(values: Mapping[str, Any]) -> str | AirlockError:
    if "id" in values:
        return str(values["id"])
    return AirlockError(
        Code.parse(values["code"]),
        values["detail"],
        field=values.get("field"),
        retry_after=values.get("retry_after"),
        duplicate_of=values.get("duplicate_of"),
    )
