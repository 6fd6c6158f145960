"""Documents of an index for operators: batches of all its partitions, with the place to continue at, and pages of them."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from functions.domain.document import Document
from functions.domain.repository import READ_BATCH, DocumentRepository, IndexEntry

Cursor = TypeVar("Cursor")


@dataclass(frozen=True, slots=True)
class IndexCursor:
    """The place at which to continue: a partition of the index, and the position of an entry in it."""

    shard: int = 0
    position: str | None = None

    def encode(self) -> str:
        return json.dumps([self.shard, self.position])

    @classmethod
    def decode(cls, text: str) -> "IndexCursor":
        """Reads what `encode` returned. Raises ValueError."""
        match json.loads(text):
            case [int(shard), str() | None as position]:
                return cls(shard, position)
            case _:
                raise ValueError(text)


@dataclass(frozen=True, slots=True)
class IndexPage(Generic[Cursor]):
    """Documents, and the place to continue at, None at the end."""

    documents: Sequence[Document]
    cursor: Cursor | None


def read_index(
    repository: DocumentRepository,
    list_entries: Callable[[int, str | None], Iterator[IndexEntry]],
    shards: int,
    start: IndexCursor,
) -> Iterator[tuple[Sequence[Document], IndexCursor]]:
    """Yields the documents of each batch of entries, and the place behind it. A record may be some seconds old.

    `list_entries` yields the entries of a partition behind a position.
    """
    for shard in range(start.shard, shards):
        entries = list_entries(shard, start.position if shard == start.shard else None)
        while batch := [*islice(entries, READ_BATCH)]:
            records = repository.get_many([entry.key for entry in batch])
            documents = [records[entry.key] for entry in batch if entry.key in records]
            yield documents, IndexCursor(shard, batch[-1].position)


def collect_page(batches: Iterable[tuple[Sequence[Document], Cursor]], limit: int) -> IndexPage[Cursor]:
    """Returns at least `limit` documents, and fewer than a batch more, or all that are left."""
    found: list[Document] = []
    for documents, cursor in batches:
        found += documents
        if len(found) >= limit:
            return IndexPage(found, cursor)
    return IndexPage(found, None)
