"""The port to the table, and the two ways in which use cases reach a record through it: find it, apply an event to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.errors import Unavailable, document_not_found
from functions.domain.events import Event, Ignored, Transition
from functions.domain.ids import is_document_id
from functions.domain.lifecycle import decide
from functions.domain.quota import Limits

_TRIES = 5


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The client's key, hashed, and what the request under it was."""

    key_hash: str
    fingerprint: str


class AlreadyCreated(Exception):  # noqa: N818 - an answer, not a fault
    """A create under the same idempotency key came first: this is its document and its fingerprint."""

    def __init__(self, document_id: str, fingerprint: str) -> None:
        super().__init__(document_id)
        self.document_id = document_id
        self.fingerprint = fingerprint


class Conflict(Exception):  # noqa: N818 - an answer, not a fault
    """The record has changed since it was read; read it again and decide again."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The owner's documents older than `before` (a document id), newest first; `status` is one that clients see.

    Without a status, of all that are not deleted.
    """

    owner: str
    limit: int
    status: Status | None = None
    kind: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`next_before` continues the list; None when nothing is left."""

    documents: tuple[Document, ...]
    next_before: str | None


class DocumentRepository(Protocol):
    """Every write is conditional. All methods may raise Unavailable.

    The owner's usage changes in the same transaction, but for the end of an upload whose bytes stay: until that is
    counted, or should it get lost, more uploads count as open than are.
    """

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """Raises AlreadyCreated, and whatever `quota.check` gives, before anything is written."""

    def get(self, owner: str, document_id: str) -> Document | None:
        """A consistent read."""

    def apply(self, transition: Transition) -> None:
        """Raises Conflict if the record is no longer `transition.before`."""

    def page(self, query: ListQuery) -> Page: ...

    def due(self, now: datetime) -> Iterator[tuple[str, str] | None]:
        """(owner, document id) of documents whose time is over; may lag, so read each again before acting.

        One that is worked on for the first time may be found at its deadline only. None where looking took time and
        found nothing.
        """

    def quarantine(self, key: str, version: str, now: datetime) -> bool:
        """Put an object that belongs to no record on the list for an operator. False if it is on it already."""


def find_document(repository: DocumentRepository, owner: str, document_id: str) -> Document:
    """Raises NotFound, also for an id that no document can have."""
    document = repository.get(owner, document_id) if is_document_id(document_id) else None
    if document is None or document.is_purged:
        raise document_not_found()
    return document


def apply_event(
    repository: DocumentRepository, document: Document, event: Event, clock: Callable[[], datetime]
) -> Document | Ignored:
    """The record after the event, or why it changes nothing. `document` may be out of date.

    Raises Unavailable `busy` when others are always faster, and NotFound for a record that has vanished meanwhile.
    """
    for _ in range(_TRIES):
        decision = decide(document, event, clock())
        if isinstance(decision, Ignored):
            return decision
        try:
            repository.apply(decision)
        except Conflict:
            document = _again(repository, document)
        else:
            return decision.after
    raise Unavailable(Code.BUSY, "The document is changing too fast; try again.", retry_after=1)


def _again(repository: DocumentRepository, document: Document) -> Document:
    found = repository.get(document.owner, document.id)
    if found is None:
        raise document_not_found()
    return found
