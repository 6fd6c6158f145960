"""The port to the table of documents: queries, the records that they return, and the outcomes of writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain import filename
from functions.domain.document import Document, Status
from functions.domain.errors import AirlockError
from functions.domain.events import Transition
from functions.domain.keys import DocumentKey
from functions.domain.quota import BatchResult, Limits

DUE_SHARDS = 8
"""Number of partitions of the index `due`. DynamoDB limits one partition to 1,000 writes a second."""

FAILED_SHARDS = DUE_SHARDS
"""Number of partitions of the index `failed`, for the same reason: an outage may fail many documents at once."""

READ_BATCH = 100
"""Maximum number of documents that are read at once (Amazon DynamoDB API Reference, BatchGetItem)."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The hash of the client's Idempotency-Key, and the fingerprint of its request."""

    key_hash: str
    fingerprint: str


class AlreadyCreated(Exception):  # noqa: N818 - a result, not a fault
    """An earlier create used the same idempotency key: its results and the fingerprint of its request.

    A result is a document id or an error. Only the results of a batch are several, or contain errors.
    """

    def __init__(self, results: Sequence[str | AirlockError], fingerprint: str) -> None:
        super().__init__(fingerprint)
        self.results = tuple(results)
        self.fingerprint = fingerprint


class Conflict(Exception):  # noqa: N818 - a result, not a fault
    """The record has changed since the caller read it. The caller reads and decides again."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Parameters of a list of one owner's documents, newest first.

    `before` is a document id: only older documents are listed. `status` is a public status. Without one, all documents
    that are not deleted are listed. `name_contains` is part of a file name or of a title, as `filename.fold` returns it.
    """

    owner: str
    limit: int
    status: Status | None = None
    kind: str | None = None
    name_contains: str | None = None
    before: str | None = None

    def matches_name(self, *names: str) -> bool:
        """Returns True if one of the names contains `name_contains`, or if it is None."""
        part = self.name_contains
        return part is None or any(part in filename.fold(name) for name in names)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `next_before` is the `before` of the next page, None on the last one.

    `is_incomplete` is True if the page has room for more documents, but the search for them has reached its limit.
    """

    documents: tuple[Document, ...]
    next_before: str | None
    is_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One entry of the index of what is due. Without `document_id` the open uploads of the owner are to be recounted.

    `position` is the `after` that continues behind this entry.
    """

    owner: str
    document_id: str | None
    position: str


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A document in an index for operators. `position` is the `after` that continues behind this entry."""

    key: DocumentKey
    position: str


class DocumentRepository(Protocol):
    """The table of documents. Every write is conditional. All methods may raise Unavailable.

    Usage is updated in the same transaction, except when the bytes of an upload arrive: then `open_uploads` is decremented
    in a second write. If that write is lost, the counter is too high, never too low, until the next recount.
    """

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """Writes a new document. Raises AlreadyCreated, and the errors of `quota.check`, before anything is written."""

    def create_batch(
        self, items: Sequence[BatchResult], limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> tuple[BatchResult, ...]:
        """Writes as many of up to 98 documents, from the front, as the limits allow. All or none of these are written.

        Returns the results in the order of `items`, as `quota.admit` does. Errors in `items` stay where they are. The key
        is stored with the results, unless there is no document among them. Raises AlreadyCreated.
        """

    def find_originals(
        self, documents: Sequence[Document], idempotency: IdempotencyKey | None, now: datetime
    ) -> Mapping[str, str]:
        """Returns those of up to 50 new documents of one owner whose declared SHA-256 has an original: id -> its id.

        Raises AlreadyCreated.
        """

    def get(self, owner: str, document_id: str) -> Document | None:
        """Returns the document by a consistent read, None if there is none."""

    def get_many(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Document]:
        """Returns those of up to `READ_BATCH` documents that exist. A record may be some seconds old, which costs half as much."""

    def apply(self, transition: Transition) -> None:
        """Replaces `transition.before` by `transition.after`. Raises Conflict if the record has changed.

        Raises DigestTaken if the document would become the original of its digest, and another one is. Then nothing is
        written.
        """

    def page(self, query: ListQuery) -> Page:
        """Returns one page of a list.

        An implementation may limit the number of documents that one call reads. Then a page may be incomplete.
        """

    def due(self, shard: int, now: datetime, after: str | None = None) -> Iterator[DueEntry]:
        """Yields the entries of one of `DUE_SHARDS` partitions whose `next_check_at` has passed, behind `after`.

        The index may lag, so the caller reads each document again. A document in its first attempt may appear only at
        its upload deadline, with its owner.
        """

    def failed(
        self, shard: int, since: datetime, before: datetime, after: str | None = None
    ) -> Iterator[IndexEntry]:
        """Yields the documents of one of `FAILED_SHARDS` partitions that failed from `since` until `before`, oldest first.

        Both times count in whole seconds, and `before` is exclusive. The index may lag, so the caller reads each
        document again.
        """

    def waiting(self, step: str, shard: int, after: str | None = None) -> Iterator[IndexEntry]:
        """Yields the documents of one of `DUE_SHARDS` partitions that wait for the step without end, oldest first.

        The index may lag, so the caller reads each document again.
        """

    def recount(self, owner: str, now: datetime) -> Iterator[str]:
        """Yields the ids of the owner's documents that are due, and repairs the number of open uploads.

        `now` must be the current time, because what is created much later is not counted. An implementation may limit
        the number of documents that one call reads. Then the owner stays due, and the next call continues.
        """

    def add_daily_bytes(self, owner: str, size: int, now: datetime) -> None:
        """Counts `size` more bytes as created by the owner on the day of `now`."""

    def report_orphan(self, key: str, version: str, now: datetime) -> bool:
        """Reports an object without a record to the operator. Returns False if the report exists already."""
