"""What the core needs from a table and from an object store; the adapters and the tests' fakes implement these."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.core.document import Document, Status
from functions.core.lifecycle import Transition
from functions.core.quota import Limits


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
    """The owner's documents older than `before` (a document id), newest first."""

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


class Records(Protocol):
    """Every write is conditional and in one transaction with the owner's usage. All methods may raise Unavailable."""

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """Raises AlreadyCreated, and whatever `quota.refusal` gives, before anything is written."""

    def get(self, owner: str, document_id: str) -> Document | None:
        """A consistent read."""

    def apply(self, transition: Transition) -> None:
        """Raises Conflict if the record is no longer `transition.before`."""

    def page(self, query: ListQuery) -> Page: ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of an object. `size` is bytes; `sha256` lower-case hex of the whole object, if S3 has it."""

    version: str
    size: int
    etag: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """An order to copy exactly one version to a key that must be free.

    `content_type` replaces the source's; none of its metadata or tags come along.
    """

    source_key: str
    source: StoredObject
    target_key: str
    content_type: str


class Objects(Protocol):
    """All methods may raise Unavailable."""

    def head(self, key: str, version: str) -> StoredObject | None:
        """None when this version does not exist."""

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`. Raises Unavailable if the version vanishes meanwhile."""

    def copy(self, order: Copy) -> StoredObject:
        """The copy, with the SHA-256 that S3 computed. If an earlier attempt at this very copy succeeded, its result.

        Raises IntegrityError if the target key holds anything else.
        """

    def delete(self, key: str, version: str) -> None:
        """For good. Deleting what is gone is no error."""
