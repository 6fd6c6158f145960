"""Ports to S3: objects, multipart uploads and the bucket's inventory. All methods may raise Unavailable."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Generic, Protocol, TypeVar

Listed = TypeVar("Listed")

DELETE_BATCH = 1_000
"""Maximum number of versions that are deleted at once (Amazon S3 API Reference, DeleteObjects)."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of an object. `size` is bytes.

    Checksums are of the whole object and None where S3 has none: `sha256` in lower-case hex, `crc64nvme` in base64.
    """

    version: str
    size: int
    etag: str
    sha256: str | None = None
    crc64nvme: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """One version of an object and its first bytes. `file_name` is the name that a browser has sent with a form."""

    stored: StoredObject
    head: bytes
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """A request to copy one version to a key that must not exist.

    `content_type` replaces the source's. Metadata and tags of the source are dropped.
    """

    source_key: str
    source: StoredObject
    target_key: str
    content_type: str


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """One part that S3 lists. `size` is bytes. `sha256` is lower-case hex, None if the part was sent without."""

    part_number: int
    size: int
    etag: str
    sha256: str | None = None


class NoSuchUpload(Exception):  # noqa: N818 - S3's own name
    """S3 has no such multipart upload, because it was aborted or completed."""


class InvalidParts(Exception):  # noqa: N818 - a result, not a fault
    """S3 rejects the list of parts. The message is S3's."""


class MultipartStore(Protocol):
    """S3's multipart uploads. After Unavailable the outcome is unknown."""

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        """Creates an upload and returns its id. With `part_checksums`, S3 requires a SHA-256 with every part."""

    def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        """Returns all uploaded parts in ascending order. Raises NoSuchUpload."""

    def has_parts(self, key: str, upload_id: str) -> bool:
        """Returns True if S3 lists a part. Returns False for an upload that is gone."""

    def complete(
        self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int, crc64nvme: str | None
    ) -> None:
        """Completes the upload to an object of exactly `size` bytes. An object that the key holds already is a success.

        Raises NoSuchUpload or InvalidParts.
        """

    def abort(self, key: str, upload_id: str) -> None:
        """Aborts the upload until S3 lists no part. Idempotent."""


class ObjectStore(Protocol):
    """Objects of the bucket, always addressed by version."""

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        """Returns the version and its first `length` bytes, None if it does not exist.

        Checksums are missing, because S3 returns none with a range.
        """

    def head(self, key: str, version: str) -> StoredObject | None:
        """Returns the version with its checksums, None if it does not exist."""

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        """Returns at most `length` bytes from `start`. Raises Unavailable if the version is gone."""

    def copy(self, request: CopyRequest) -> StoredObject:
        """Copies with one request and returns the copy with its SHA-256. Returns an existing copy of the same version.

        Raises IntegrityError if the target key holds anything else.
        """

    def add_copy(self, request: CopyRequest) -> StoredObject:
        """Copies with one request to a further version of the target key, without a read of it. Returns the copy.

        For a prefix that the caller may write and not read. Raises IntegrityError if the source has another ETag.
        """

    def start_copy(self, request: CopyRequest) -> str:
        """Starts a copy in parts, for a source above 5 GiB, and returns its upload id."""

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        """Copies the missing parts and returns the copy, or None if time runs out first.

        Raises NoSuchUpload if the upload is gone and the target key does not exist, and IntegrityError as `copy` does.
        """

    def delete(self, key: str, version: str) -> None:
        """Deletes the version for good. Idempotent."""


class StepObjects(Protocol):
    """Objects for the worker of a step: staged versions, and renditions."""

    def exists(self, key: str, version: str) -> bool:
        """Returns True if the version exists."""

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        """Returns at most `length` bytes from `start`. Raises Unavailable if the version is gone."""

    def download(self, key: str, version: str, path: Path) -> None:
        """Writes the version to a new file. Raises Unavailable if the version is gone."""

    def put(self, key: str, path: Path, content_type: str, sha256: str) -> str:
        """Stores a file of at most 5 GiB and returns its version. `sha256` is lower-case hex, which S3 verifies."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of a key, or a delete marker."""

    key: str
    version: str
    last_modified: datetime
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """One multipart upload that is neither completed nor aborted."""

    key: str
    upload_id: str
    initiated: datetime


@dataclass(frozen=True, slots=True)
class Listing(Generic[Listed]):
    """One page of a listing. `cursor` is the `after` of the next page, None on the last one."""

    entries: Sequence[Listed]
    cursor: str | None


class BucketInventory(Protocol):
    """Listings of the bucket for cleaning up, in the order of the keys. `prefix` may be a whole key."""

    def list_versions(self, prefix: str, after: str | None = None) -> Listing[ObjectVersion]:
        """Returns one page of up to 1,000 versions and delete markers."""

    def list_uploads(self, prefix: str, after: str | None = None) -> Listing[OpenUpload]:
        """Returns one page of up to 1,000 multipart uploads in progress."""

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """Yields versions and delete markers, newest first within a key."""

    def uploads(self, prefix: str) -> Iterator[OpenUpload]:
        """Yields multipart uploads in progress."""

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        """Deletes up to `DELETE_BATCH` versions for good. Idempotent."""


ListPage = Callable[[str, str | None], Listing[Listed]]
"""Takes a prefix and the cursor of the page before."""


def list_pages(
    list_page: ListPage[Listed], prefix: str, cursor: str | None
) -> Iterator[tuple[Listing[Listed], str | None]]:
    """Yields each page behind `cursor`, with the cursor that lists it again."""
    while True:
        page = list_page(prefix, cursor)
        yield page, cursor
        if page.cursor is None:
            return
        cursor = page.cursor


def list_all(list_page: ListPage[Listed], prefix: str) -> Iterator[Listed]:
    """Yields the entries of all pages."""
    return (entry for page, _ in list_pages(list_page, prefix, None) for entry in page.entries)


def version_exists(inventory: BucketInventory, version: ObjectVersion) -> bool:
    """Returns True if the version or delete marker exists now. A listing may be minutes old, and a report days."""
    same_key = takewhile(lambda each: each.key == version.key, inventory.versions(version.key))
    return any(each.version == version.version for each in same_key)
