"""Failed documents of all owners: which ones an operator means, and batches of them with the place to continue at."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.index_pages import IndexCursor, read_index
from functions.domain.repository import FAILED_SHARDS, DocumentRepository, IndexEntry

EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedQuery:
    """Selects documents that failed since a time, with a code, of a kind. None selects all."""

    since: datetime | None = None
    code: Code | None = None
    kind: str | None = None

    def matches(self, document: Document) -> bool:
        """Returns True for a failed document with this code and of this kind. The index has selected the time."""
        return (
            document.status is Status.FAILED
            and self.code in (None, document.reason)
            and self.kind in (None, document.kind)
        )


@dataclass(frozen=True, slots=True)
class FailedCursor:
    """The place at which to continue.

    `before` is the time of the first call, so that no document comes again that has failed again since.
    """

    before: datetime
    place: IndexCursor = field(default_factory=IndexCursor)

    def encode(self) -> str:
        return json.dumps([int(self.before.timestamp()), self.place.shard, self.place.position])

    @classmethod
    def decode(cls, text: str) -> "FailedCursor":
        """Reads what `encode` returned. Raises ValueError."""
        match json.loads(text):
            case [int(before), int(shard), str() | None as position]:
                return cls(datetime.fromtimestamp(before, UTC), IndexCursor(shard, position))
            case _:
                raise ValueError(text)


def read_failed(
    repository: DocumentRepository, query: FailedQuery, start: FailedCursor
) -> Iterator[tuple[Sequence[Document], FailedCursor]]:
    """Yields the documents of each batch of entries that the query selects, and the place behind the batch."""

    def list_entries(shard: int, after: str | None) -> Iterator[IndexEntry]:
        return repository.failed(shard, query.since or EPOCH, start.before, after)

    for documents, place in read_index(repository, list_entries, FAILED_SHARDS, start.place):
        selected = [document for document in documents if query.matches(document)]
        yield selected, FailedCursor(start.before, place)
