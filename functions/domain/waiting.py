"""Documents of all owners that wait for a step without end, and the place to continue at."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from functions.domain.document import Document
from functions.domain.repository import DUE_SHARDS, DocumentRepository

BATCH = 100
"""Documents that are read at once (Amazon DynamoDB API Reference, BatchGetItem)."""


@dataclass(frozen=True, slots=True)
class WaitingCursor:
    """The place at which to continue: a partition of the index, and the position of an entry in it."""

    shard: int = 0
    position: str | None = None

    def encode(self) -> str:
        return json.dumps([self.shard, self.position])

    @classmethod
    def decode(cls, text: str) -> "WaitingCursor":
        """Reads what `encode` returned. Raises ValueError."""
        match json.loads(text):
            case [int(shard), str() | None as position]:
                return cls(shard, position)
            case _:
                raise ValueError(text)


def read_waiting(
    repository: DocumentRepository, step: str, start: WaitingCursor
) -> Iterator[tuple[Sequence[Document], WaitingCursor]]:
    """Yields the documents of each batch of entries, and the place behind it. A record may be some seconds old."""
    for shard in range(start.shard, DUE_SHARDS):
        after = start.position if shard == start.shard else None
        entries = repository.waiting(step, shard, after)
        while batch := [*islice(entries, BATCH)]:
            records = repository.get_many([entry.key for entry in batch])
            documents = [records[entry.key] for entry in batch if entry.key in records]
            waiting = [document for document in documents if is_waiting_for(document, step)]
            yield waiting, WaitingCursor(shard, batch[-1].position)


def is_waiting_for(document: Document, step: str) -> bool:
    """Returns True for a document that waits for this step without end."""
    waiting = document.endless_step
    return waiting is not None and waiting.name == step
