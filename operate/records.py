"""The table as an operator reads it: items as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.adapters.dynamodb.attributes import Item, from_item, to_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX
from functions.adapters.dynamodb.push_connections import connection_key, owner_partition
from functions.adapters.dynamodb.usage import USAGE
from functions.adapters.dynamodb.writes import ORPHAN
from functions.domain.keys import DOCUMENTS, RENDITIONS
from operate.aws_calls import translate_errors
from operate.deployment import Deployment

_DELETE_BATCH = 25
"""Items that one BatchWriteItem takes (Amazon DynamoDB Developer Guide, Quotas)."""

Record = dict[str, Any]
"""Plain values of one item, without conversion of times."""


@dataclass(frozen=True)
class Records:
    """The items of one table. Each method raises OperateError."""

    client: Any
    table: str

    @classmethod
    def of(cls, deployment: Deployment) -> "Records":
        return cls(deployment.client("dynamodb"), deployment.table)

    def get(self, owner: str, sort_key: str) -> Record | None:
        """IAM action: dynamodb:GetItem."""
        with translate_errors():
            key = to_item({"pk": owner, "sk": sort_key})
            found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return from_item(found["Item"]) if "Item" in found else None

    def get_document(self, owner: str, document_id: str) -> Record | None:
        return self.get(owner, DOCUMENT_PREFIX + document_id)

    def get_usage(self, owner: str) -> Record | None:
        return self.get(owner, USAGE)

    def list_counters(self, owner: str) -> Iterator[Record]:
        """Yields the counters of calls and downloads, which exist only where a limit is set."""
        return self._query(owner, f"{USAGE}#")

    def list_owner(self, owner: str) -> Iterator[Record]:
        """Yields every item of an owner: documents, usage and idempotency keys. IAM action: dynamodb:Query."""
        return self._query(owner)

    def list_connections(self, owner: str) -> Iterator[Record]:
        """Yields the items of the owner's push connections. Each connection has two."""
        for connection in self._query(owner_partition(owner)):
            yield connection
            yield connection_key(connection["sk"])

    def list_documents(self, owner: str) -> Iterator[Record]:
        """Yields the owner's documents, oldest first."""
        return self._query(owner, DOCUMENT_PREFIX)

    def list_owner_orphans(self, owner: str) -> Iterator[Record]:
        """Yields the reports of an owner's objects without a record."""
        for prefix in (DOCUMENTS, RENDITIONS):
            yield from self.list_orphans(f"{prefix}{owner}/")

    def list_orphans(self, prefix: str) -> Iterator[Record]:
        """Yields the reports of objects without a record whose keys begin so."""
        return self._query(ORPHAN, prefix)

    def delete(self, keys: Sequence[Mapping[str, Any]]) -> None:
        """Deletes items by `pk` and `sk`. IAM action: dynamodb:BatchWriteItem."""
        for start in range(0, len(keys), _DELETE_BATCH):
            batch = [
                {"DeleteRequest": {"Key": to_item({"pk": key["pk"], "sk": key["sk"]})}}
                for key in keys[start : start + _DELETE_BATCH]
            ]
            self._write_batch(batch)

    def _write_batch(self, batch: list[dict[str, Any]]) -> None:
        """DynamoDB returns what it has no capacity for, and boto3 repeats only whole requests."""
        while batch:
            with translate_errors():
                response = self.client.batch_write_item(RequestItems={self.table: batch})
            batch = response.get("UnprocessedItems", {}).get(self.table, [])

    def _query(self, partition: str, prefix: str = "") -> Iterator[Record]:
        condition = "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk"
        values: Item = to_item({":pk": partition} | ({":prefix": prefix} if prefix else {}))
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        with translate_errors():
            for page in pages:
                yield from (from_item(item) for item in page["Items"])


def document_id(record: Record) -> str:
    return str(record["sk"]).removeprefix(DOCUMENT_PREFIX)


def is_document(record: Record) -> bool:
    return str(record["sk"]).startswith(DOCUMENT_PREFIX)
