"""AWS's list prices of requests in us-east-1, in dollars per million, collected in November 2026.

The prices of S3 and HTTP API are from AWS's pages; those of Lambda, DynamoDB, SQS, EventBridge and logs are from copies
of AWS's pages. Data transfer and the storage of documents are not included.

The price of GuardDuty Malware Protection for S3 is from a copy of https://aws.amazon.com/guardduty/pricing/ of October 2026,
whose worked example has both figures. Those of Fargate are as copies of https://aws.amazon.com/fargate/pricing/ have them, that
of a public address as copies of https://aws.amazon.com/vpc/pricing/, and that of /tmp as other pages quote
https://aws.amazon.com/lambda/pricing/. No copy of AWS's page says how EventBridge bills the events of a bucket, and other
pages contradict each other, so they are priced as custom events, which is the most that they can cost.
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
WEBSOCKET_MESSAGE, WEBSOCKET_MINUTE = 1.0, 0.25
"""A message of up to 32 KB, and a minute of a connection. https://aws.amazon.com/api-gateway/pricing/"""
LAMBDA_STORAGE_GB_SECOND = 0.0309
"""/tmp above 512 MB."""
METRIC_MONTH, ALARM_METRIC_MONTH, COMPOSITE_ALARM_MONTH = 0.30, 0.10, 0.50
"""Dollars of one custom metric of the first 10,000, of one metric of an alarm, and of one composite alarm, as other pages quote
https://aws.amazon.com/cloudwatch/pricing/."""
SCAN, SCAN_GB = 215.0, 0.09
"""Dollars of a million objects that GuardDuty scans, and of one GB of them."""
FARGATE_VCPU_HOUR, FARGATE_GB_HOUR, PUBLIC_ADDRESS_HOUR = 0.03238, 0.00356, 0.005
"""Dollars of Linux on ARM."""

_FREE = ("DeleteObject", "DeleteObjects", "AbortMultipartUpload")
_GETS = ("GetObject", "HeadObject")
_FUNCTION_GB = 0.5
"""Memory of a function in GB."""


@dataclass
class Bill:
    """The billed requests of one upload. `milliseconds` is the duration of functions with 512 MB of memory.

    Functions with another memory are in `worker_gb_seconds`, and their /tmp above 512 MB in `storage_gb_seconds`.
    """

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
    worker_gb_seconds: float = 0
    storage_gb_seconds: float = 0
    scans: int = 0
    scanned_bytes: int = 0

    def lines(self) -> dict[str, float]:
        """Returns dollars per million uploads by service."""
        functions = self.milliseconds / 1000 * _FUNCTION_GB + self.worker_gb_seconds
        scan = (
            {"GuardDuty": self.scans * SCAN + self.scanned_bytes / 1e9 * SCAN_GB * 1e6} if self.scans else {}
        )
        requests = {name: S3_GET if name in _GETS else S3_PUT for name in self.s3 if name not in _FREE}
        return {
            "S3": sum(self.s3[name] * price for name, price in requests.items()),
            "API": self.api * self.api_price,
            "Lambda": self.invocations * LAMBDA
            + functions * LAMBDA_GB_SECOND
            + self.storage_gb_seconds * LAMBDA_STORAGE_GB_SECOND,
            "DynamoDB": self.write_units * WRITE_UNIT + self.read_units * READ_UNIT,
            "SQS and EventBridge": self.sqs * SQS + self.events * EVENTBRIDGE,
            "logs": self.log_bytes / 1000 * LOG_GB,
            **scan,
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
