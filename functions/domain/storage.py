"""The ports to S3: objects, multipart uploads, and the inventory of the bucket. The adapters and the tests' fakes implement these."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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
class ObjectHead:
    """One version of an object and the bytes it begins with, as many as were asked for or as there are."""

    stored: StoredObject
    head: bytes


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """An order to copy exactly one version to a key that must be free.

    `content_type` replaces the source's; none of its metadata or tags come along.
    """

    source_key: str
    source: StoredObject
    target_key: str
    content_type: str


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """One part that S3 holds. `size` is bytes; `sha256` base64 as S3 gives it, if the part was sent with one."""

    part_number: int
    size: int
    etag: str
    sha256: str | None = None


class NoSuchUpload(Exception):  # noqa: N818 - an answer, not a fault
    """S3 knows no such multipart upload: it was aborted, or it was completed."""


class InvalidParts(Exception):  # noqa: N818 - an answer, not a fault
    """S3 will not make an object of these parts; the message is S3's."""


class MultipartStore(Protocol):
    """S3's multipart upload. All methods may raise Unavailable; then nobody knows whether it happened."""

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        """The upload id. With `part_checksums` every part must come with its SHA-256."""

    def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        """All of them, in the order of their numbers. Raises NoSuchUpload."""

    def complete(
        self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int, crc64nvme: str | None
    ) -> None:
        """Make the object, of `size` bytes and no other, unless the key holds one already: then it is done as well.

        Raises NoSuchUpload or PartsRefused.
        """

    def abort(self, key: str, upload_id: str) -> None:
        """Until S3 lists no part any more. Aborting what is gone is no error."""


class ObjectStore(Protocol):
    """All methods may raise Unavailable."""

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        """None when this version does not exist. Without checksums: S3 tells none with a part of an object."""

    def head(self, key: str, version: str) -> StoredObject | None:
        """With the checksums that S3 has. None when this version does not exist."""

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`. Raises Unavailable if the version vanishes meanwhile."""

    def copy(self, request: CopyRequest) -> StoredObject:
        """The copy, with the SHA-256 that S3 computed. If an earlier attempt at this very copy succeeded, its result.

        Raises IntegrityError if the target key holds anything else.
        """

    def start_copy(self, request: CopyRequest) -> str:
        """Begin a copy in parts, for a source of more than 5 GiB. The upload id."""

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        """Copy the parts that are missing until all are there, or until `out_of_time`: then None.

        Raises NoSuchUpload if this upload is gone and the target key is free, else as `copy` does.
        """

    def delete(self, key: str, version: str) -> None:
        """For good. Deleting what is gone is no error."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
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


class BucketInventory(Protocol):
    """What lies in the bucket, for whoever cleans up. `prefix` may be a whole key. All methods may raise Unavailable."""

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Newest first within a key."""

    def uploads(self, prefix: str) -> Iterator[OpenUpload]: ...

    def delete(self, key: str, version: str) -> None:
        """For good. Deleting what is gone is no error."""
