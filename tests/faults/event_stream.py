"""The stream of the table, and Lambda as its reader: dies, delivers again, halves batches, and gives up to the bucket of failures."""

import json
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.adapters.dynamodb import writes
from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.items import CHANGE
from functions.domain.document import Document
from functions.domain.events import Transition
from functions.domain.quota import Limits
from tests.fakes import InMemoryDocuments

Record = dict[str, Any]
SHARDS = 4
_BATCH = 100


@dataclass
class TableStream:
    """The records of each shard, and each document as the table has it. DynamoDB writes a record once the write is done."""

    shards: list[list[Record]] = field(default_factory=lambda: [[] for _ in range(SHARDS)])
    changes: dict[str, list[str]] = field(default_factory=dict)
    """Document id -> the names of its changes, in their order."""
    documents: dict[str, Document] = field(default_factory=dict)
    _position: int = 0

    def append(self, document: Document, item: Item) -> None:
        self._position += 1
        self.documents[document.id] = document
        if CHANGE in item:
            self.changes.setdefault(document.id, []).append(item[CHANGE]["S"])
        written = {"SequenceNumber": str(self._position), "Keys": {"pk": item["pk"]}, "NewImage": item}
        self.shards[zlib.crc32(document.id.encode()) % SHARDS].append({"dynamodb": written})


@dataclass
class StreamedDocuments(InMemoryDocuments):
    """A repository whose writes are records of a stream, with the items that the adapter of DynamoDB writes."""

    stream: TableStream = field(default_factory=TableStream)

    def apply(self, transition: Transition) -> None:
        super().apply(transition)
        put, _ = writes.apply("table", transition)
        self.stream.append(transition.after, put["Item"])

    def _store(self, document: Document, limits: Limits, now: datetime) -> None:
        super()._store(document, limits, now)
        put, *_ = writes.create("table", [document], limits, None, None, now)
        self.stream.append(document, put["Put"]["Item"])


Handler = Callable[[Sequence[Mapping[str, Any]]], str | None]
"""Publishes records. Returns the sequence number of the first one that failed."""


class Killed(BaseException):
    """The function dies. No code under test may catch it."""


@dataclass
class Reader:
    """The event source mapping of one shard. A batch that was tried `patience` times goes to `failures`."""

    shard: Sequence[Record]
    handle: Handler
    failures: list[str]
    rng: random.Random
    patience: int = 40
    _position: int = 0
    _size: int = _BATCH
    _tries: int = 0

    @property
    def is_done(self) -> bool:
        return self._position >= len(self.shard)

    def read(self) -> None:
        """Delivers one batch, and moves to the first record that is not published."""
        raw = self.shard[self._position : self._position + self._size]
        batch = [record for record in raw if CHANGE in record["dynamodb"]["NewImage"]]
        done = len(raw) if not batch else self._invoke(raw, batch)
        self._tries = 0 if done else self._tries + 1
        if not done and self._tries >= self.patience:
            self.failures.append(json.dumps({"payload": json.dumps({"Records": batch})}))
            done, self._tries = len(raw), 0
        self._position += done
        if done and self.rng.random() < 0.05:  # the checkpoint was not stored
            self._position = max(0, self._position - self.rng.randrange(1, 2 * _BATCH))

    def _invoke(self, raw: Sequence[Record], batch: Sequence[Record]) -> int:
        """Returns the number of records that are done with."""
        try:
            failed = self.handle(json.loads(json.dumps(batch)))
        except Killed:
            self._size = max(1, len(raw) // 2)
            return 0
        if self.rng.random() < 0.05:  # the response is lost
            return 0
        self._size = _BATCH
        if failed is None:
            return len(raw)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in raw]
        return numbers.index(failed)
