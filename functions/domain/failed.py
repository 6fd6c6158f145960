"""Failed documents of all owners: which ones an operator means, and batches of them with the place to continue at."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.repository import FAILED_SHARDS, DocumentRepository

BATCH = 100
"""Documents that are read at once (Amazon DynamoDB API Reference, BatchGetItem)."""

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
    """The place at which to continue: a partition of the index, and the position of an entry in it.

    `before` is the time of the first call, so that no document comes again that has failed again since.
    """

    before: datetime
    shard: int = 0
    position: str | None = None

    def encode(self) -> str:
        return json.dumps([int(self.before.timestamp()), self.shard, self.position])

    @classmethod
    def decode(cls, text: str) -> "FailedCursor":
        """Reads what `encode` returned. Raises ValueError."""
        match json.loads(text):
            case [int(before), int(shard), str() | None as position]:
                return cls(datetime.fromtimestamp(before, UTC), shard, position)
            case _:
                raise ValueError(text)


def read_failed(
    repository: DocumentRepository, query: FailedQuery, start: FailedCursor
) -> Iterator[tuple[Sequence[Document], FailedCursor]]:
    """Yields the documents of each batch of entries, and the place behind it. A record may be some seconds old."""
    since = query.since or EPOCH
    for shard in range(start.shard, FAILED_SHARDS):
        after = start.position if shard == start.shard else None
        entries = repository.failed(shard, since, start.before, after)
        while batch := [*islice(entries, BATCH)]:
            records = repository.get_many([entry.key for entry in batch])
            documents = [records[entry.key] for entry in batch if entry.key in records]
            place = FailedCursor(start.before, shard, batch[-1].position)
            yield [document for document in documents if query.matches(document)], place
