"""Counters of one owner beside the item USAGE, whose transactions of creates they would conflict with.

    pk = owner key   sk = USAGE#CALLS             tat: the state of the rate of calls (rates.py)
                     sk = USAGE#DOWNLOADS#{date}  bytes: of the download URLs of a UTC day

Both have a TTL, because an expired one says nothing more. Their sort keys let one query read all usage of an owner.

IAM actions: dynamodb:Query to read, dynamodb:UpdateItem to count.
"""

from datetime import datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import SCHEMA_VERSION, read_item
from functions.adapters.dynamodb.rates import rate_expressions, read_time
from functions.adapters.dynamodb.table import ConditionFailed, DynamoDB, Table
from functions.adapters.dynamodb.usage import USAGE, to_date, usage_from_item
from functions.domain.owner_usage import CountedCalls
from functions.domain.quota import Usage
from functions.domain.rate import OwnerRate

CALLS, DOWNLOADS = f"{USAGE}#CALLS", f"{USAGE}#DOWNLOADS#"
"""Sort keys. That of downloads is followed by the UTC day."""
_KEPT = timedelta(days=2)
"""Time after which a counter may be removed. Another clock may still be in the day before."""
_FORMS = 2
"""Attempts to count calls. The first may choose the wrong form of the rate, and its failure says which one is right."""


class DynamoDBOwnerUsage:
    """Implements `functions.domain.owner_usage.OwnerUsageRepository`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._table = Table(dynamodb, table)

    def read(self, owner: str, now: datetime) -> tuple[Usage, int]:
        request = {
            "TableName": self._table.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": to_item({":pk": owner, ":prefix": USAGE}),
            "ConsistentRead": True,
        }
        found, _ = self._table.query(request)
        items = {item["sk"]["S"]: item for item in found}
        usage = usage_from_item(items[USAGE], now) if USAGE in items else Usage()
        downloads = items.get(_downloads_sort_key(now))
        return usage, read_item(downloads)["bytes"] if downloads else 0

    def add_download(self, owner: str, size: int, limit: int, now: datetime) -> int | None:
        """See `OwnerUsageRepository.add_download`. The condition compares with the limit less the size, which may be negative."""
        failed = self._update(
            owner,
            _downloads_sort_key(now),
            step="#bytes = if_not_exists(#bytes, :zero) + :size",
            condition="attribute_not_exists(#bytes) OR #bytes <= :most",
            values={":zero": 0, ":size": size, ":most": limit - size},
            names={"#bytes": "bytes"},
            now=now,
        )
        return None if failed is None else int(read_item(failed)["bytes"])

    def add_calls(
        self, owner: str, count: int, rate: OwnerRate, tat: datetime | None, now: datetime
    ) -> CountedCalls:
        """See `OwnerUsageRepository.add_calls`."""
        for _ in range(_FORMS):
            step, condition, values = rate_expressions(rate, tat, count, now)
            failed = self._update(owner, CALLS, step=step, condition=condition, values=values, now=now)
            if failed is None:
                return CountedCalls(True, rate.add(tat, count, now))
            tat = read_time(read_item(failed)["tat"]) if failed else None
            if rate.wait(tat, count, now):
                break
        return CountedCalls(False, tat)

    def _update(
        self,
        owner: str,
        sort_key: str,
        *,
        step: str,
        condition: str,
        values: dict[str, Any],
        now: datetime,
        names: dict[str, str] | None = None,
    ) -> Item | None:
        """Returns None if written, else the item, empty if there is none."""
        expires_at = int((now + _KEPT).timestamp())
        request = {
            "TableName": self._table.name,
            "Key": to_item({"pk": owner, "sk": sort_key}),
            "UpdateExpression": f"SET {step}, v = :version, #ttl = :ttl",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#ttl": "ttl", **(names or {})},
            "ExpressionAttributeValues": to_item({**values, ":version": SCHEMA_VERSION, ":ttl": expires_at}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            self._table.write("UpdateItem", request)
        except ConditionFailed as failure:
            return failure.item
        return None


def _downloads_sort_key(now: datetime) -> str:
    return DOWNLOADS + to_date(now)
