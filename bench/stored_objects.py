"""Sweep of a slice of `documents/` in which nothing is wrong, simulated: `python -m bench.stored_objects`.

The code of the sweep and of the table's adapter is the real one. The bucket and the table are in memory and on virtual
time: 5 ms a call of the table, 25 ms one of S3. A sweep lists one of 256 slices every 15 minutes.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from bench.item_collection import FIRST_CREATED, build_ready_item, document_id
from bench.table import Row, report
from bench.virtual_time import S3_CALL, TABLE_CALL, VirtualTime
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.keys import documents_key
from functions.domain.storage import Listing, ObjectVersion
from tests.fake_deployment import FakeDeployment

OBJECTS = 100_000
PAGE = 1_000
"""Versions in one page of a listing ("ListObjectVersions", Amazon S3 API Reference)."""
SLICE = "documents/7f"
BENCH = "sweep of stored objects (simulated)"
_OWNER = "7f" + 30 * "0"
_READ_UNITS = 0.5
"""Read units of a record of up to 4 kB in a BatchGetItem, which is eventually consistent."""


class StoredObjects:
    """Implements `list_versions` of `BucketInventory`, and `DynamoDB` for the records of the listed objects."""

    def __init__(self, objects: int, clock: VirtualTime) -> None:
        self.calls: Counter[str] = Counter()
        self._objects = objects
        self._clock = clock
        self._item = build_ready_item()
        self._version = self._item["stored_version"]["S"]

    def list_versions(self, _prefix: str, after: str | None = None) -> Listing[ObjectVersion]:
        self.calls["ListObjectVersions"] += 1
        self._clock.take(S3_CALL)
        start = int(after or 0)
        end = min(start + PAGE, self._objects)
        keys = [documents_key(_OWNER, document_id(number)) for number in range(start, end)]
        versions = [ObjectVersion(key, self._version, FIRST_CREATED) for key in keys]
        return Listing(versions, str(end) if end < self._objects else None)

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        assert operation == "BatchGetItem"
        self.calls[operation] += 1
        self._clock.take(TABLE_CALL)
        [(table, wanted)] = parameters["RequestItems"].items()
        return {"Responses": {table: [self._item | key for key in wanted["Keys"]]}}


def rows(objects: int = OBJECTS) -> Iterator[Row]:
    clock = VirtualTime()
    stored = StoredObjects(objects, clock)
    cpu = time.process_time()
    assert not sweep(stored, clock)
    cpu = time.process_time() - cpu
    yield Row(BENCH, "waiting, each 1,000 objects", clock.seconds / objects * 1e6, "ms")
    yield Row(BENCH, "CPU of this process, each 1,000 objects", cpu / objects * 1e6, "ms CPU")
    yield Row(
        BENCH, "calls of S3, each 1,000 objects", stored.calls["ListObjectVersions"] / objects * 1e3, "calls"
    )
    yield Row(
        BENCH, "calls of the table, each 1,000 objects", stored.calls["BatchGetItem"] / objects * 1e3, "calls"
    )
    yield Row(BENCH, "read units, each 1,000 objects", 1e3 * _READ_UNITS, "read units")


def sweep(stored: StoredObjects, clock: VirtualTime) -> Counter[str]:
    """Sweeps the slice to its end and returns the outcomes."""
    sweeps = replace(
        FakeDeployment().sweep_service(),
        repository=DynamoDBDocuments(stored, "documents"),
        inventory=cast(Any, stored),
        clock=clock,
        log_error=_fail,
    )
    result = sweeps.sweep_slice(SLICE, None, lambda: False)
    assert result.is_finished
    return result.outcomes


def _fail(message: str) -> None:
    raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
