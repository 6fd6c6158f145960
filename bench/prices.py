"""What AWS charges for a request: list prices of us-east-1 in dollars a million, as put together in November 2026 (S3, HTTP API:
from AWS's own pages; Lambda, DynamoDB, SQS, EventBridge, logs: from copies of them). Storage and traffic are not in it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

AS_OF = "2026-11"

S3_PUT, S3_GET = 5.0, 0.4
HTTP_API, REST_API = 1.0, 3.5
LAMBDA, LAMBDA_GB_SECOND = 0.2, 13.3333
WRITE_UNIT, READ_UNIT = 0.625, 0.125
SQS, EVENTBRIDGE = 0.4, 1.0
LOG_GB = 0.5

_FREE = ("DeleteObject", "AbortMultipartUpload")
_GETS = ("GetObject", "HeadObject")
_GB = 0.5
"""Of memory that a function has here."""


@dataclass
class Bill:
    """All that one upload takes. `milliseconds` are of functions, billed at 512 MB; `log_bytes` are ingested."""

    s3: Counter[str] = field(default_factory=Counter)
    api: int = 0
    api_price: float = HTTP_API
    invocations: int = 0
    milliseconds: float = 0
    write_units: float = 0
    read_units: float = 0
    sqs: int = 0
    events: int = 0
    log_bytes: int = 0

    def lines(self) -> dict[str, float]:
        """Dollars a million uploads."""
        requests = {name: S3_GET if name in _GETS else S3_PUT for name in self.s3 if name not in _FREE}
        return {
            "S3": sum(self.s3[name] * price for name, price in requests.items()),
            "API": self.api * self.api_price,
            "Lambda": self.invocations * LAMBDA + self.milliseconds / 1000 * _GB * LAMBDA_GB_SECOND,
            "DynamoDB": self.write_units * WRITE_UNIT + self.read_units * READ_UNIT,
            "SQS and EventBridge": self.sqs * SQS + self.events * EVENTBRIDGE,
            "logs": self.log_bytes / 1000 * LOG_GB,
        }

    @property
    def dollars(self) -> float:
        return sum(self.lines().values())


class Meter:
    """Read and write units of requests to DynamoDB, by its rules for item sizes, transactions and sparse indexes.

    Developer Guide, "DynamoDB Item sizes and formats" and "Global Secondary Indexes: write throughput".
    """

    def __init__(self, index: tuple[str, ...]) -> None:
        """`index`: the attributes of the one index, which holds keys only."""
        self._index = index
        self._held: dict[tuple[str, str], Any] = {}

    def units(self, operation: str, asked: Mapping[str, Any]) -> tuple[float, float]:
        """(write units, read units)."""
        match operation:
            case "TransactWriteItems":
                writes = [self._write(entry) for entry in asked["TransactItems"]]
                # The index is written after the transaction, and not as a part of it.
                return sum(2 * base + index for base, index in writes), 0
            case "PutItem":
                return sum(self._write({"Put": asked})), 0
            case "UpdateItem":
                return self._write({"Update": asked})[0], 0
            case "GetItem":
                return 0, 1 if asked.get("ConsistentRead") else 0.5
            case "Query":
                return 0, 1
        raise ValueError(operation)

    def _write(self, entry: Mapping[str, Any]) -> tuple[int, int]:
        """(Units of the table, units of the index.)"""
        if "Put" not in entry:
            return 1, 0  # counters: far below 1 kB
        item = entry["Put"]["Item"]
        key = (item["pk"]["S"], item["sk"]["S"])
        before, self._held[key] = self._indexed(self._held.get(key)), item
        after = self._indexed(item)
        change_status = 0 if before == after else (before is not None) + (after is not None)
        return ceil(_size(item) / 1024), change_status

    def _indexed(self, item: Any) -> Any:
        if item is None or self._index[0] not in item:
            return None
        return [item[name] for name in self._index]


def _size(item: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held) // 2 + 2
        case "L":
            return 3 + sum(1 + _value_size(entry) for entry in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(entry) for name, entry in held.items())
    return 1
