"""AWS's list prices of requests in us-east-1, in dollars per million, collected in November 2026.

The prices of S3 and HTTP API are from AWS's pages; those of Lambda, DynamoDB, SQS, EventBridge and logs are from copies
of AWS's pages. Data transfer and the storage of documents are not included.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

AS_OF = "2026-11"

S3_PUT, S3_GET = 5.0, 0.4
S3_GB_MONTH = 0.023
HTTP_API, REST_API = 1.0, 3.5
LAMBDA, LAMBDA_GB_SECOND = 0.2, 13.3333
WRITE_UNIT, READ_UNIT = 0.625, 0.125
SQS, EVENTBRIDGE = 0.4, 1.0
LOG_GB = 0.5
KMS_SIGN, KMS_KEY_MONTH = 15.0, 1.0
"""A signature of an asymmetric key that is not RSA with 2,048 bits, and a key. https://aws.amazon.com/kms/pricing/"""

_FREE = ("DeleteObject", "DeleteObjects", "AbortMultipartUpload")
_GETS = ("GetObject", "HeadObject")
_FUNCTION_GB = 0.5
"""Memory of a function in GB."""


@dataclass
class Bill:
    """The billed requests of one upload. `milliseconds` is the duration of functions with 512 MB of memory."""

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
        """Returns dollars per million uploads by service."""
        requests = {name: S3_GET if name in _GETS else S3_PUT for name in self.s3 if name not in _FREE}
        return {
            "S3": sum(self.s3[name] * price for name, price in requests.items()),
            "API": self.api * self.api_price,
            "Lambda": self.invocations * LAMBDA + self.milliseconds / 1000 * _FUNCTION_GB * LAMBDA_GB_SECOND,
            "DynamoDB": self.write_units * WRITE_UNIT + self.read_units * READ_UNIT,
            "SQS and EventBridge": self.sqs * SQS + self.events * EVENTBRIDGE,
            "logs": self.log_bytes / 1000 * LOG_GB,
        }

    @property
    def dollars(self) -> float:
        return sum(self.lines().values())


class Meter:
    """Counts the capacity units of requests to DynamoDB, with item sizes, transactions and a sparse index.

    Source: Developer Guide, "DynamoDB Item sizes and formats" and "Global Secondary Indexes: write throughput".
    """

    def __init__(self, index: tuple[str, ...]) -> None:
        """`index` are the attributes of the only index, which projects keys only."""
        self._index = index
        self._items: dict[tuple[str, str], Any] = {}

    def count_units(self, operation: str, parameters: Mapping[str, Any]) -> tuple[float, float]:
        """Returns (write units, read units)."""
        match operation:
            case "TransactWriteItems":
                writes = [self._write(entry) for entry in parameters["TransactItems"]]
                # The index is written after the transaction, so its units do not count twice.
                return sum(2 * base + index for base, index in writes), 0
            case "PutItem":
                return sum(self._write({"Put": parameters})), 0
            case "UpdateItem":
                return self._write({"Update": parameters})[0], 0
            case "GetItem":
                return 0, 1 if parameters.get("ConsistentRead") else 0.5
            case "Query":
                return 0, 1
        raise ValueError(operation)

    def _write(self, entry: Mapping[str, Any]) -> tuple[int, int]:
        """Returns (units of the table, units of the index)."""
        if "Put" not in entry:
            return 1, 0  # the counters of USAGE, far below 1 kB
        item = entry["Put"]["Item"]
        key = (item["pk"]["S"], item["sk"]["S"])
        before, self._items[key] = self._index_entry(self._items.get(key)), item
        after = self._index_entry(item)
        index_units = 0 if before == after else (before is not None) + (after is not None)
        return ceil(item_size(item) / 1024), index_units

    def _index_entry(self, item: Any) -> Any:
        if item is None or self._index[0] not in item:
            return None
        return [item[name] for name in self._index]


def item_size(item: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(attribute_type, content)] = value.items()
    match attribute_type:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "L":
            return 3 + sum(1 + _value_size(entry) for entry in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(entry) for name, entry in content.items())
    return 1
