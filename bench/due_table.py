"""A table for the simulation of sweeps: owners with one upload each that is overdue, as after abandoned uploads.

Items are built when they are read, so that a million owners need a few megabytes.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any

from bench.virtual_time import START, TABLE_CALL, VirtualTime
from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.domain.ids import uuid7
from functions.domain.repository import DUE_SHARDS
from tests.examples import a_document

KEYS_PER_PAGE = 12_000
"""Keys of some 80 bytes in a page of 1 MB ("Query", Amazon DynamoDB Developer Guide)."""

_DEADLINE = START - timedelta(hours=1)
_CREATED = START - timedelta(days=1)
_USAGE = {"created": 1, "next_check_at": int(_DEADLINE.timestamp())}


class DueTable:
    """Implements `functions.adapters.dynamodb.table.DynamoDB` for `owners` owners, who are due at once.

    `calls` counts operations. `looks` has the recounts of each owner, and `left` the owners in the index `due`.
    """

    def __init__(self, owners: int, time: VirtualTime) -> None:
        self.owners = owners
        self.left = owners
        self.expired = 0
        self.calls: Counter[str] = Counter()
        self.looks = bytearray(owners)
        self._time = time
        self._lock = Lock()
        self._writes = bytearray(owners)
        self._is_due = bytearray(b"\1") * owners
        self._is_expired = bytearray(owners)
        self._pending = document_to_item(
            a_document(created_at=_CREATED, updated_at=_CREATED, upload_deadline=_DEADLINE)
        )
        self._expired = self._pending
        self._operations: dict[str, Callable[[Any], dict[str, Any]]] = {
            "GetItem": self._get,
            "Query": self._query,
            "UpdateItem": self._update,
            "TransactWriteItems": self._transact,
        }

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        with self._lock:
            self.calls[operation] += 1
            response = self._operations[operation](parameters)
        self._time.take(TABLE_CALL, _find_owner(parameters))
        return response

    def _get(self, parameters: Any) -> dict[str, Any]:
        key, number = parameters["Key"], _parse_owner(parameters["Key"])
        if key["sk"]["S"] != "USAGE":
            return {"Item": self._document(number)}
        self.looks[number] += 1
        usage = _USAGE | {"open_uploads": 1 - self._is_expired[number], "recounts": self._writes[number]}
        return {"Item": key | build_item(usage)}

    def _query(self, parameters: Any) -> dict[str, Any]:
        if (index := parameters.get("IndexName")) is None:
            return {"Items": [self._document(int(parameters["ExpressionAttributeValues"][":pk"]["S"], 16))]}
        if index != "due":
            return {"Items": []}
        shard = int(parameters["ExpressionAttributeValues"][":shard"]["S"])
        start = parameters.get("ExclusiveStartKey")
        first = _parse_owner(start) + DUE_SHARDS if start else shard
        items = []
        for number in range(first, self.owners, DUE_SHARDS):
            if self._is_due[number]:
                items.append(to_item({"pk": _to_owner(number), "sk": "USAGE"}))
            if len(items) == KEYS_PER_PAGE:
                return {"Items": items, "LastEvaluatedKey": items[-1]}
        return {"Items": items}

    def _update(self, parameters: Any) -> dict[str, Any]:
        """Writes a recount, which removes the owner from the index if nothing is open."""
        number = _parse_owner(parameters["Key"])
        before = int(parameters["ExpressionAttributeValues"].get(":number", {"N": "0"})["N"])
        if before != self._writes[number]:
            raise DynamoDBError("ConditionalCheckFailedException", {})
        self._writes[number] += 1
        if "due_shard" in parameters["ExpressionAttributeNames"].values():
            self.left -= self._is_due[number]
            self._is_due[number] = 0
        return {}

    def _transact(self, parameters: Any) -> dict[str, Any]:
        """Writes an upload that has expired."""
        self._expired = parameters["TransactItems"][0]["Put"]["Item"]
        self._is_expired[_parse_owner(self._expired)] = 1
        self.expired += 1
        return {}

    def _document(self, number: int) -> Item:
        item = self._expired if self._is_expired[number] else self._pending
        document_id = uuid7(_CREATED, number.to_bytes(10))
        return item | to_item({"pk": _to_owner(number), "sk": f"DOC#{document_id}"})


def _to_owner(number: int) -> str:
    return f"{number:032x}"


def _parse_owner(key: Item) -> int:
    return int(key["pk"]["S"], 16)


def _find_owner(parameters: Any) -> str | None:
    """Returns the owner that a call is about, None for a query of the index."""
    if "IndexName" in parameters:
        return None
    if "TransactItems" in parameters:
        return str(parameters["TransactItems"][0]["Put"]["Item"]["pk"]["S"])
    key = parameters.get("Key") or {"pk": parameters["ExpressionAttributeValues"][":pk"]}
    return str(key["pk"]["S"])
