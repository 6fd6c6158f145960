"""A table for simulations: the item collection of one owner with any number of documents, one created each second.

Documents are built when they are read. Pages end at 1 MB, and what is read costs read units, as DynamoDB counts them
("Query", Amazon DynamoDB Developer Guide). A filter is applied to what was read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Any

from bench.prices import item_size
from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, document_key, document_to_item
from functions.domain.document import HistoryEntry, Status
from functions.domain.ids import uuid7_time
from tests.examples import OWNER, a_document

FIRST_CREATED = datetime(2026, 4, 1, tzinfo=UTC)
_FIRST_MILLISECOND = int(FIRST_CREATED.timestamp() * 1000)
_PAGE = 1024**2
_READ_UNIT = 4096
"""Bytes that one read unit reads with strong consistency."""


def build_ready_item(**changes: Any) -> Item:
    """Returns the item of a ready document. `ItemCollection` replaces its key."""
    statuses = (Status.PENDING, Status.PROCESSING, Status.READY)
    document = a_document(
        status=Status.READY,
        content_type="image/png",
        sha256="ab" * 32,
        staged_version="096fKKXTRTtl3on89fVO.nfljtsv6qko",
        stored_version="3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",
        history=tuple(HistoryEntry(status, FIRST_CREATED) for status in statuses),
        attempt=1,
        revision=3,
        **changes,
    )
    return document_to_item(document)


@dataclass
class ItemCollection:
    """Implements `functions.adapters.dynamodb.table.DynamoDB` for queries of documents.

    The document with the number n is created n seconds after `FIRST_CREATED`.

    `build` returns the item of a number, apart from its key. Equal items are one object, because each is measured once.
    `size` is the number of documents. `queries`, `items_read` and `read_units` are sums of all queries so far.
    """

    size: int
    build: Callable[[int], Item]
    queries: int = 0
    items_read: int = 0
    read_units: float = 0
    _sizes: dict[int, tuple[Item, int]] = field(default_factory=dict)
    """Items by their identity, and their sizes."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        assert operation == "Query"
        numbers, limit = self._select(parameters), parameters.get("Limit")
        read: list[Item] = []
        size = 0
        for number in numbers:
            built = self.build(number)
            read.append(built | document_key(OWNER, document_id(number)))
            size += self._measure(built)
            if size >= _PAGE or len(read) == limit:
                break
        self._count(len(read), size, is_consistent=parameters.get("ConsistentRead", False))
        items = [item for item in read if _matches(item, parameters)]
        if len(read) == len(numbers) and len(read) != limit:
            return {"Items": items}
        return {"Items": items, "LastEvaluatedKey": {name: read[-1][name] for name in ("pk", "sk")}}

    def _select(self, parameters: Mapping[str, Any]) -> Sequence[int]:
        """Returns the numbers of the key condition behind the start key, in the order of the query."""
        values = parameters["ExpressionAttributeValues"]
        first = _count_before(values[":first"]["S"]) if ":first" in values else 0
        end = min(self.size, _count_before(values[":last"]["S"])) if ":last" in values else self.size
        start = parameters.get("ExclusiveStartKey")
        after = _parse_number(start["sk"]["S"]) if start else None
        if parameters.get("ScanIndexForward", True):
            return range(first if after is None else after + 1, end)
        return range((end if after is None else after) - 1, first - 1, -1)

    def _measure(self, built: Item) -> int:
        if id(built) not in self._sizes:
            whole = built | document_key(OWNER, document_id(0))
            self._sizes[id(built)] = (built, item_size(whole))
        return self._sizes[id(built)][1]

    def _count(self, items: int, size: int, *, is_consistent: bool) -> None:
        self.queries += 1
        self.items_read += items
        self.read_units += max(1, ceil(size / _READ_UNIT)) / (1 if is_consistent else 2)


def document_id(number: int) -> str:
    """Returns the same as `uuid7` of the time with `number` as its randomness, in a fraction of the time."""
    milliseconds = f"{_FIRST_MILLISECOND + 1000 * number:012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{number:012x}"


def _parse_number(sort_key: str) -> int:
    return int(sort_key[-12:], 16)


def _count_before(sort_key: str) -> int:
    """Returns the number of documents that were created before the id of a sort key."""
    if sort_key == DOCUMENT_PREFIX:
        return 0
    age = uuid7_time(sort_key.removeprefix(DOCUMENT_PREFIX)) - FIRST_CREATED
    return max(0, ceil(age.total_seconds()))


def _matches(item: Item, parameters: Mapping[str, Any]) -> bool:
    """Compares status and kind, which are all that the lists filter by in DynamoDB."""
    values = parameters["ExpressionAttributeValues"]
    statuses = {value["S"] for name, value in values.items() if name.startswith(":s")}
    is_listed = not statuses or item["status"]["S"] in statuses
    return is_listed and values.get(":kind", item["kind"]) == item["kind"]
