"""The heads of the audit trail in DynamoDB: `pk` is `AUDIT`, `sk` the name of the chain.

IAM actions: dynamodb:GetItem and PutItem.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import build_item, read_item
from functions.adapters.dynamodb.table import ConditionFailed, DynamoDB, Table
from functions.domain.audit_trail import Chain, Head

AUDIT = "AUDIT"
"""Partition key of all heads."""


class DynamoDBChainHeads:
    """Implements `functions.domain.audit_trail.ChainHeads`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._table = Table(dynamodb, table)

    def get(self, chain: Chain) -> Head:
        item = self._table.get(to_item({"pk": AUDIT, "sk": chain.value}))
        return head_from_item(item) if item else Head()

    def advance(self, chain: Chain, head: Head) -> None:
        with suppress(ConditionFailed):
            self._table.write("PutItem", self._put(chain, head))

    def _put(self, chain: Chain, head: Head) -> dict[str, Any]:
        item = {
            "pk": AUDIT,
            "sk": chain.value,
            "block": head.sequence,
            "sha256": head.sha256,
            "at": head.at and head.at.isoformat(),
            "retention_days": head.retention_days,
        }
        return {
            "TableName": self._table.name,
            "Item": build_item(item),
            "ConditionExpression": "attribute_not_exists(pk) OR #block < :block",
            "ExpressionAttributeNames": {"#block": "block"},
            "ExpressionAttributeValues": to_item({":block": head.sequence}),
        }


def head_from_item(item: Item) -> Head:
    """Raises SchemaVersionError."""
    values = read_item(item)
    at = values.get("at")
    return Head(
        int(values["block"]),
        values["sha256"],
        datetime.fromisoformat(at) if at else None,
        int(values["retention_days"]),
    )
