"""The search of the whole table, without an index: a parallel scan.

An index by id or name would cost a write more for every upload. A scan costs half a read unit for 4 KB of the table, once
for each search: some 0.02 $ for a million documents.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

from functions.adapters.dynamodb.attributes import from_item, to_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX
from operate.aws_calls import translate_errors
from operate.progress import Progress
from operate.records import Record, Records

_SEGMENTS = 8
"""Parts of the table that are read at the same time."""

_BYTES_OF_UNIT = 8192
"""Bytes that one read unit reads with eventual consistency (Amazon DynamoDB Developer Guide, Read capacity)."""

_DOLLARS_OF_MILLION_UNITS = 0.125
"""Price of us-east-1, https://aws.amazon.com/dynamodb/pricing/on-demand/, read on 2026-11-28."""


@dataclass(frozen=True)
class Filter:
    """A condition on documents, in the language of DynamoDB's filter expressions."""

    expression: str
    names: Mapping[str, str]
    values: Mapping[str, Any]


def by_id(document_id: str) -> Filter:
    return Filter("sk = :sk", {}, {":sk": DOCUMENT_PREFIX + document_id})


def by_name(text: str) -> Filter:
    """Selects documents whose file name contains the text. Upper and lower case differ."""
    return Filter(
        "begins_with(sk, :prefix) AND contains(#name, :text)",
        {"#name": "file_name"},
        {":prefix": DOCUMENT_PREFIX, ":text": text},
    )


@dataclass(frozen=True)
class Cost:
    """The cost of one search. DynamoDB updates its counts of a table every six hours."""

    items: int
    size: int

    @property
    def dollars(self) -> float:
        return self.size / _BYTES_OF_UNIT / 1e6 * _DOLLARS_OF_MILLION_UNITS


def estimate_cost(records: Records) -> Cost:
    """IAM action: dynamodb:DescribeTable. Raises OperateError."""
    with translate_errors():
        table = records.client.describe_table(TableName=records.table)["Table"]
    return Cost(table["ItemCount"], table["TableSizeBytes"])


def find_document(records: Records, document_id: str) -> Record | None:
    """Returns the record of a document whose owner nobody knows, and ends the scan as soon as it is found."""
    return next(search(records, by_id(document_id)), None)


def search(records: Records, condition: Filter) -> Iterator[Record]:
    """Yields the records that match, in no order. IAM action: dynamodb:Scan. Raises OperateError."""
    stop, progress = Event(), Progress("records read")
    with ThreadPoolExecutor(_SEGMENTS) as pool:
        segments = [_Segment(records, condition, number, stop, progress) for number in range(_SEGMENTS)]
        try:
            yield from _read_pages(pool, segments)
        finally:
            stop.set()


def _read_pages(pool: Executor, segments: Sequence["_Segment"]) -> Iterator[Record]:
    """Yields the records of each page as it comes, and then reads the next page of its segment."""
    waiting = {pool.submit(each.read_page): each for each in segments}
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            segment = waiting.pop(future)
            yield from future.result()
            if not segment.is_finished:
                waiting[pool.submit(segment.read_page)] = segment


@dataclass
class _Segment:
    """One part of the table, which is read page by page."""

    records: Records
    condition: Filter
    number: int
    stop: Event
    progress: Progress
    start: Mapping[str, Any] | None = None
    is_finished: bool = False

    def read_page(self) -> list[Record]:
        if self.stop.is_set():
            self.is_finished = True
            return []
        with translate_errors():
            page = self.records.client.scan(**self._parameters())
        self.progress.add(page["ScannedCount"])
        self.start = page.get("LastEvaluatedKey")
        self.is_finished = self.start is None
        return [from_item(item) for item in page["Items"]]

    def _parameters(self) -> dict[str, Any]:
        return {
            "TableName": self.records.table,
            "Segment": self.number,
            "TotalSegments": _SEGMENTS,
            "FilterExpression": self.condition.expression,
            "ExpressionAttributeValues": to_item(self.condition.values),
            **({"ExpressionAttributeNames": self.condition.names} if self.condition.names else {}),
            **({"ExclusiveStartKey": self.start} if self.start else {}),
        }
