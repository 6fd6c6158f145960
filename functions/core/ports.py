"""What the core needs from a table and from an object store; the adapters and the tests' fakes implement these."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.core.document import Document, Status
from functions.core.events import Transition
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


class Records(Protocol):
    """Every write is conditional. All methods may raise Unavailable.

    The owner's usage changes in the same transaction, but for the end of an upload whose bytes stay: until that is
    counted, or should it get lost, more uploads count as open than are.
    """

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """Raises AlreadyCreated, and whatever `quota.refusal` gives, before anything is written."""

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


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of an object. `size` is bytes.

    Checksums are of the whole object, where S3 has them: `sha256` in lower-case hex, `crc64nvme` in base64 as S3 gives it.
    """

    version: str
    size: int
    etag: str
    sha256: str | None = None
    crc64nvme: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """One version of an object and the bytes it begins with, as many as were asked for or as there are."""

    stored: StoredObject
    head: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """An order to copy exactly one version to a key that must be free.

    `content_type` replaces the source's; none of its metadata or tags come along.
    """

    source_key: str
    source: StoredObject
    target_key: str
    content_type: str


@dataclass(frozen=True, slots=True)
class HeldPart:
    """One part that S3 holds. `size` is bytes; `sha256` base64 as S3 gives it, if the part was sent with one."""

    part_number: int
    size: int
    etag: str
    sha256: str | None = None


class NoSuchUpload(Exception):  # noqa: N818 - an answer, not a fault
    """S3 knows no such multipart upload: it was aborted, or it was completed."""


class PartsRefused(Exception):  # noqa: N818 - an answer, not a fault
    """S3 will not make an object of these parts; the message is S3's."""


class Multipart(Protocol):
    """S3's multipart upload. All methods may raise Unavailable; then nobody knows whether it happened."""

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        """The upload id. With `part_checksums` every part must come with its SHA-256."""

    def parts(self, key: str, upload_id: str) -> Sequence[HeldPart]:
        """All of them, in the order of their numbers. Raises NoSuchUpload."""

    def complete(
        self, key: str, upload_id: str, parts: Sequence[HeldPart], *, size: int, crc64nvme: str | None
    ) -> None:
        """Make the object, of `size` bytes and no other, unless the key holds one already: then it is done as well.

        Raises NoSuchUpload or PartsRefused.
        """

    def abort(self, key: str, upload_id: str) -> None:
        """Until S3 lists no part any more. Aborting what is gone is no error."""


class Objects(Protocol):
    """All methods may raise Unavailable."""

    def open(self, key: str, version: str, length: int) -> Opened | None:
        """None when this version does not exist. Without checksums: S3 tells none with a part of an object."""

    def head(self, key: str, version: str) -> StoredObject | None:
        """With the checksums that S3 has. None when this version does not exist."""

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`. Raises Unavailable if the version vanishes meanwhile."""

    def copy(self, order: Copy) -> StoredObject:
        """The copy, with the SHA-256 that S3 computed. If an earlier attempt at this very copy succeeded, its result.

        Raises IntegrityError if the target key holds anything else.
        """

    def start_copy(self, order: Copy) -> str:
        """Begin a copy in parts, for a source of more than 5 GiB. The upload id."""

    def continue_copy(
        self, order: Copy, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        """Copy the parts that are missing until all are there, or until `out_of_time`: then None.

        Raises NoSuchUpload if this upload is gone and the target key is free, else as `copy` does.
        """

    def delete(self, key: str, version: str) -> None:
        """For good. Deleting what is gone is no error."""


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """One version of a key, or a marker that hides those before it."""

    key: str
    version: str
    last_modified: datetime
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class OpenUpload:
    key: str
    upload_id: str
    initiated: datetime


class Shelves(Protocol):
    """What lies in the bucket, for whoever cleans up. `prefix` may be a whole key. All methods may raise Unavailable."""

    def versions(self, prefix: str) -> Iterator[HeldVersion]:
        """Newest first within a key."""

    def uploads(self, prefix: str) -> Iterator[OpenUpload]: ...

    def delete(self, key: str, version: str) -> None:
        """For good. Deleting what is gone is no error."""


class Arrivals(Protocol):
    """The queue that S3's events come through."""

    def announce(self, key: str, version: str) -> None:
        """Say once more that this version exists, as S3 would. May raise Unavailable."""


class Purges(Protocol):
    """The queue of documents whose bytes are to go."""

    def order(self, owner: str, document_id: str) -> None:
        """Once more is as good as once. May raise Unavailable."""
