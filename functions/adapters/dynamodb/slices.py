"""The records of the slices of a sweep in DynamoDB: `pk` is `SWEEP`, `sk` the name of the slice.

IAM actions: dynamodb:GetItem, PutItem and Query.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import build_item, read_item
from functions.adapters.dynamodb.table import ConditionFailed, DynamoDB, Table
from functions.domain.slices import SliceRecord

_SWEEP = "SWEEP"
"""Partition key of all records."""


class DynamoDBSlices:
    """Implements `functions.domain.slices.SliceRepository`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._table = Table(dynamodb, table)

    def get_all(self) -> Mapping[str, SliceRecord]:
        """See `SliceRepository.get_all`. One page has room for all of the some 560 records."""
        request = {
            "TableName": self._table.name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": _SWEEP}),
        }
        items, _ = self._table.query(request)
        records = map(_from_item, items)
        return {record.name: record for record in records}

    def get(self, name: str) -> SliceRecord:
        item = self._table.get(to_item({"pk": _SWEEP, "sk": name}))
        return _from_item(item) if item else SliceRecord(name=name)

    def replace(self, before: SliceRecord, after: SliceRecord) -> bool:
        try:
            self._table.write("PutItem", _put(self._table.name, before, after))
        except ConditionFailed:
            return False
        return True


def _put(table: str, before: SliceRecord, after: SliceRecord) -> dict[str, Any]:
    conditions = ["turn = :turn"]
    values: dict[str, Any] = {":turn": before.turn}
    if before.lease_until is None:
        conditions.append("attribute_not_exists(lease_until)")
    else:
        conditions.append("lease_until = :lease")
        values[":lease"] = before.lease_until.isoformat()
    condition = " AND ".join(conditions)
    if before == SliceRecord(name=before.name):
        condition = f"attribute_not_exists(pk) OR ({condition})"
    return {
        "TableName": table,
        "Item": _to_item(after),
        "ConditionExpression": condition,
        "ExpressionAttributeValues": to_item(values),
    }


def _to_item(record: SliceRecord) -> Item:
    return build_item(
        {
            "pk": _SWEEP,
            "sk": record.name,
            "turn": record.turn,
            "cursor": record.cursor,
            "completed_at": record.completed_at and record.completed_at.isoformat(),
            "lease_until": record.lease_until and record.lease_until.isoformat(),
        }
    )


def _from_item(item: Item) -> SliceRecord:
    values = read_item(item)
    return SliceRecord(
        name=values["sk"],
        turn=values["turn"],
        cursor=values.get("cursor"),
        completed_at=_to_time(values.get("completed_at")),
        lease_until=_to_time(values.get("lease_until")),
    )


def _to_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
