"""Recounts of an owner with a million documents who creates one each second, simulated: `python -m bench.busy_owner`.

The code of the recounts and of the table's adapter is the real one. The table is in memory. Every upload is ready ten
seconds after its create, so that some are open at any time. Nothing tells the first recount where to begin, as for an
owner of whom no recount has ended yet.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bench.item_collection import FIRST_CREATED, ItemCollection, build_ready_item
from bench.table import Row, report
from functions.adapters.dynamodb.attributes import Item, from_item
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.adapters.dynamodb.recounts import MAX_PAGES
from functions.domain.slices import PERIOD
from tests.examples import OWNER, a_document

DOCUMENTS = 1_000_000
LATER_SWEEPS = timedelta(hours=6) // PERIOD
"""Sweeps after the first recount has ended."""
_UPLOAD_SECONDS = 10
BENCH = "sweep of a busy owner (simulated)"


@dataclass
class BusyOwner:
    """Implements `functions.adapters.dynamodb.table.DynamoDB` for one owner. `now` is the number of documents."""

    now: int
    documents: ItemCollection = field(init=False)

    def __post_init__(self) -> None:
        self.documents = ItemCollection(self.now, self._build)
        self._ready = build_ready_item()
        self._open = document_to_item(a_document(upload_deadline=FIRST_CREATED + timedelta(days=999)))
        due = int((FIRST_CREATED + timedelta(seconds=self.now - 1)).timestamp())
        self._usage: dict[str, Any] = {
            "next_check_at": due,
            "due_shard": "0",
            "open_uploads": _UPLOAD_SECONDS,
        }

    @property
    def is_recounting(self) -> bool:
        return "recount" in self._usage

    def advance(self, by: timedelta) -> None:
        self.now += int(by.total_seconds())
        self.documents.size = self.now

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "Query":
            return self.documents(operation, **parameters)
        if operation == "UpdateItem":
            return self._update(parameters)
        return {"Item": build_item({"pk": OWNER, "sk": "USAGE", "created": self.now} | self._usage)}

    def _update(self, parameters: Any) -> dict[str, Any]:
        """Writes what a recount sets and removes. Fails if it asks that nothing was created: something always was."""
        values = from_item(parameters["ExpressionAttributeValues"])
        if ":created" in values:
            raise DynamoDBError("ConditionalCheckFailedException", {})
        for place, name in parameters["ExpressionAttributeNames"].items():
            self._usage.pop(name, None)
            if (value := values.get(f":{place[1:]}")) is not None:
                self._usage[name] = value
        self._usage["recounts"] = values[":next"]
        return {}

    def _build(self, number: int) -> Item:
        return self._open if number >= self.now - _UPLOAD_SECONDS else self._ready


def sweep(owner: BusyOwner) -> tuple[int, float]:
    """Recounts the owner once. Returns the pages and the read units."""
    repository = DynamoDBDocuments(owner, "documents")
    pages, read_units = owner.documents.queries, owner.documents.read_units
    for _ in repository.recount(OWNER, FIRST_CREATED + timedelta(seconds=owner.now)):
        pass
    owner.advance(PERIOD)
    return owner.documents.queries - pages, owner.documents.read_units - read_units


def rows(documents: int = DOCUMENTS, later_sweeps: int = LATER_SWEEPS) -> Iterator[Row]:
    owner = BusyOwner(documents)
    first = [sweep(owner)]
    while owner.is_recounting:
        first.append(sweep(owner))
    later = [sweep(owner) for _ in range(later_sweeps)]
    pages = [count for count, _ in [*first, *later]]
    yield Row(
        BENCH, f"{documents:,} documents: most pages of 1 MB in a sweep", max(pages), "pages", bar=MAX_PAGES
    )
    most = max(units for _, units in [*first, *later])
    yield Row(BENCH, f"{documents:,} documents: most read units in a sweep", most, "read units")
    yield Row(BENCH, "sweeps until the first recount has read all documents", len(first), "sweeps")
    recounts = [units for count, units in later if count]
    yield Row(BENCH, f"recounts in the next {later_sweeps} sweeps", len(recounts), "recounts")
    yield Row(BENCH, "read units of such a recount", sum(recounts) / len(recounts), "read units")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
