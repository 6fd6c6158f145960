"""S3's multipart upload, and what lies in staging, in memory. They pass the same contract tests as the real adapters."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.domain.storage import (
    InvalidParts,
    Listed,
    Listing,
    NoSuchUpload,
    ObjectVersion,
    OpenUpload,
    UploadedPart,
    list_all,
)
from tests.fakes import InMemoryObjectStore


@dataclass
class _Upload:
    key: str
    content_type: str
    bodies: dict[int, bytes] = field(default_factory=dict)


@dataclass
class InMemoryMultipartStore:
    """Implements `functions.domain.storage.MultipartStore`; what is completed is put into `objects`."""

    objects: InMemoryObjectStore = field(default_factory=InMemoryObjectStore)
    open: dict[str, _Upload] = field(default_factory=dict)
    _count: int = 0

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        self._count += 1
        upload_id = f"upload-{self._count}"
        self.open[upload_id] = _Upload(key, content_type)
        return upload_id

    def put_part(self, key: str, upload_id: str, part_number: int, body: bytes) -> None:
        """The door that S3 opens to clients."""
        self._upload(key, upload_id).bodies[part_number] = body

    def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        bodies = self._upload(key, upload_id).bodies
        return [UploadedPart(number, len(bodies[number]), _etag(bodies[number])) for number in sorted(bodies)]

    def has_parts(self, key: str, upload_id: str) -> bool:
        upload = self.open.get(upload_id)
        return upload is not None and upload.key == key and bool(upload.bodies)

    def complete(
        self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int, crc64nvme: str | None
    ) -> None:
        upload = self._upload(key, upload_id)
        if any(_etag(upload.bodies.get(part.part_number, b"")) != part.etag for part in parts):
            raise InvalidParts("One or more of the specified parts could not be found.")
        body = b"".join(upload.bodies[part.part_number] for part in parts)
        if len(body) != size:
            raise InvalidParts("The object has another size.")
        if key not in self.objects.keys:
            self.objects.put(key, body, upload.content_type)
            del self.open[upload_id]

    def abort(self, key: str, upload_id: str) -> None:
        self.open.pop(upload_id, None)

    def _upload(self, key: str, upload_id: str) -> _Upload:
        upload = self.open.get(upload_id)
        if upload is None or upload.key != key:
            raise NoSuchUpload(upload_id)
        return upload


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


@dataclass
class InMemoryBucketInventory:
    """Implements `functions.domain.storage.BucketInventory`; `came` sets when a version or an upload came, now if not there."""

    multipart: InMemoryMultipartStore
    came: dict[str, datetime] = field(default_factory=dict)

    page_size: int = 1_000

    def list_versions(self, prefix: str, after: str | None = None) -> Listing[ObjectVersion]:
        listed = [
            ObjectVersion(key, version, self._came(version))
            for key, versions in sorted(self.multipart.objects.keys.items())
            for version in reversed([*versions])
            if key.startswith(prefix)
        ]
        return self._page([(version.key, version.version, version) for version in listed], after)

    def list_uploads(self, prefix: str, after: str | None = None) -> Listing[OpenUpload]:
        listed = [
            OpenUpload(upload.key, upload_id, self._came(upload_id))
            for upload_id, upload in sorted(self.multipart.open.items(), key=lambda item: item[1].key)
            if upload.key.startswith(prefix)
        ]
        return self._page([(upload.key, upload.upload_id, upload) for upload in listed], after)

    def _page(self, listed: Sequence[tuple[str, str, Listed]], after: str | None) -> Listing[Listed]:
        """The cursor is the last key with its version or upload. Like S3's, it works when that is deleted."""
        key, marker = json.loads(after) if after else ("", "")
        passed = {entry[1] for entry in listed if entry[0] == key}
        if marker in passed:
            listed = listed[[entry[1] for entry in listed].index(marker) + 1 :]
        else:
            listed = [entry for entry in listed if entry[0] > key]
        page = listed[: self.page_size]
        cursor = json.dumps(page[-1][:2]) if len(listed) > len(page) else None
        return Listing([entry for _, _, entry in page], cursor)

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        return list_all(self.list_versions, prefix)

    def uploads(self, prefix: str) -> Iterator[OpenUpload]:
        return list_all(self.list_uploads, prefix)

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        assert len(versions) <= 1_000, "DeleteObjects takes at most 1,000 versions"
        for version in versions:
            self.multipart.objects.delete(version.key, version.version)

    def _came(self, what: str) -> datetime:
        return self.came.get(what, datetime.now(UTC))
