"""The port to the table of documents, and the operations that use cases share: find a document, apply an event, extend a deadline."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from functions.domain import filename
from functions.domain.codes import Code
from functions.domain.deadlines import Lifetimes, deadline_with_parts
from functions.domain.document import Document, Status
from functions.domain.duplicates import DigestTaken
from functions.domain.errors import AirlockError, Unavailable, document_not_found
from functions.domain.events import AttemptEnded, Event, Ignored, PartsFound, RestoreRequested, Transition
from functions.domain.ids import is_document_id
from functions.domain.keys import DocumentKey
from functions.domain.quota import BatchResult, Limits
from functions.domain.states import decide
from functions.domain.storage import MultipartStore

DUE_SHARDS = 8
"""Number of partitions of the index `due`. DynamoDB limits one partition to 1,000 writes a second."""

FAILED_SHARDS = DUE_SHARDS
"""Number of partitions of the index `failed`, for the same reason: an outage may fail many documents at once."""

_TRIES = 5


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
        """Returns those of up to 100 documents that exist. A record may be some seconds old, which costs half as much."""

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

    def quarantine(self, key: str, version: str, now: datetime) -> bool:
        """Reports an object without a record to the operator. Returns False if the report exists already."""


def find_document(repository: DocumentRepository, owner: str, document_id: str) -> Document:
    """Returns the document. Raises NotFound, also for a malformed id and for a document that is purged."""
    document = repository.get(owner, document_id) if is_document_id(document_id) else None
    if document is None or document.is_purged:
        raise document_not_found()
    return document


def check_creator(repository: DocumentRepository, owner: str, document_id: str, client: str) -> None:
    """Raises NotFound unless this machine has created the document on behalf of the owner, and for one that is purged."""
    if find_document(repository, owner, document_id).created_by != client:
        raise document_not_found()


def apply_event(
    repository: DocumentRepository, document: Document, event: Event, clock: Callable[[], datetime]
) -> Document | Ignored:
    """Decides on the event, writes the result, and returns the new document, or the reason why nothing changes.

    `document` may be out of date. On a conflict the document is read again and the decision is repeated. A document that
    would be the original of its digest, while another one is, becomes a duplicate. Raises
    Unavailable `busy` after five conflicts, and NotFound for a record that is gone.
    """
    for _ in range(_TRIES):
        decision = decide(document, event, clock())
        if isinstance(decision, Ignored):
            return decision
        try:
            repository.apply(decision)
        except Conflict:
            document = _read_again(repository, document)
        except DigestTaken as taken:
            event = _add_original(event, taken)
        else:
            return decision.after
    raise Unavailable(Code.BUSY, "The document is changing too fast; try again.", retry_after=1)


def _add_original(event: Event, taken: DigestTaken) -> Event:
    """Returns the event with the id of the original. Only these events make a document ready."""
    if isinstance(event, AttemptEnded | RestoreRequested):
        return replace(event, duplicate_of=taken.original)
    raise taken


def extend_with_parts(
    repository: DocumentRepository,
    multipart: MultipartStore,
    document: Document,
    lifetimes: Lifetimes,
    clock: Callable[[], datetime],
) -> bool:
    """Extends the deadline of a multipart upload, which has passed, if S3 lists a part.

    Returns False if the upload has to end. Raises as `apply_event` does.
    """
    deadline = deadline_with_parts(document, clock(), lifetimes)
    if document.upload_id is None or deadline is None:
        return False
    if not multipart.has_parts(document.staging_key, document.upload_id):
        return False
    result = apply_event(repository, document, PartsFound(deadline), clock)
    return result is not Ignored.WRONG_STATE


def _read_again(repository: DocumentRepository, document: Document) -> Document:
    found = repository.get(document.owner, document.id)
    if found is None:
        raise document_not_found()
    return found
