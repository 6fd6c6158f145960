"""Read units of the lists of an owner with 100,000 documents, simulated: `python -m bench.lists`.

The code of the pages and of the table's adapter is the real one. The table is in memory and returns pages as DynamoDB
does. The documents that match a filter are spread evenly. Ratios are relative to the list without a filter.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.item_collection import ItemCollection, build_ready_item
from bench.table import Row, report
from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.pages import MAX_QUERIES
from functions.domain.document import Status
from functions.domain.repository import ListQuery
from tests.examples import OWNER

DOCUMENTS = 100_000
LIMIT = 50
"""Default of the parameter `limit`."""
WHOLE_LIST_BAR = 4
"""Maximum read units of all pages with a filter, relative to those without.

Each further query of a page reads four times as much, and a full page drops what it has read beyond its end.
"""


_READY = build_ready_item()
_FAILED = _READY | {"status": {"S": "failed"}}
_PHOTO = _READY | {"kind": {"S": "photo"}}
_INVOICE = _READY | {"file_name": {"S": "Invoice 7.png"}}
_STATUS = {"status": Status.FAILED}
_NAME = {"name_contains": "invoice"}


@dataclass(frozen=True)
class Scenario:
    """A filter, and the document that matches it: each `every`-th one, none for 0."""

    name: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    matching: Item = field(default_factory=lambda: _READY)
    every: int = 1

    def build(self, number: int) -> Item:
        return self.matching if self.every and number % self.every == 0 else _READY


UNFILTERED = Scenario("no filter")
FILTERED = (
    Scenario("status, 1 of 100 matches", _STATUS, _FAILED, 100),
    Scenario("status, 1 of 10,000 matches", _STATUS, _FAILED, 10_000),
    Scenario("status, none matches", _STATUS, _FAILED, 0),
    Scenario("kind, 1 of 10 matches", {"kind": "photo"}, _PHOTO, 10),
    Scenario("nameContains, 1 of 100 matches", _NAME, _INVOICE, 100),
    Scenario("nameContains, none matches", _NAME, _INVOICE, 0),
)


@dataclass(frozen=True)
class Cost:
    """Queries, documents and read units that the first page reads, and the read units of all pages."""

    queries: int
    documents: int
    read_units: float
    whole_list: float


def measure(scenario: Scenario, documents: int) -> Cost:
    """Reads every page of the list."""
    table = ItemCollection(documents, scenario.build)
    repository = DynamoDBDocuments(table, "documents")
    page = repository.page(ListQuery(OWNER, LIMIT, **scenario.filters))
    queries, read, read_units = table.queries, table.items_read, table.read_units
    while page.next_before is not None:
        page = repository.page(ListQuery(OWNER, LIMIT, before=page.next_before, **scenario.filters))
    return Cost(queries, read, read_units, table.read_units)


def rows(documents: int = DOCUMENTS) -> Iterator[Row]:
    costs = {scenario.name: measure(scenario, documents) for scenario in (UNFILTERED, *FILTERED)}
    plain = costs[UNFILTERED.name]
    bench = f"list of {documents:,} documents (simulated)"
    for name, cost in costs.items():
        page, whole = cost.read_units / plain.read_units, cost.whole_list / plain.whole_list
        yield Row(bench, f"{name}: a page", cost.read_units, "read units", page)
        yield Row(bench, f"{name}: queries of a page", cost.queries, "queries", bar=MAX_QUERIES)
        yield Row(bench, f"{name}: documents read for a page", cost.documents, "documents")
        yield Row(bench, f"{name}: all pages", cost.whole_list, "read units", whole, WHOLE_LIST_BAR)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
