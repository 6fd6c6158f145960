"""Objects in S3, always by version.

IAM actions: s3:GetObjectVersion and s3:DeleteObjectVersion on `staging/`; s3:ListBucket, so that what is missing is 404;
s3:PutObject, s3:GetObject and s3:GetObjectVersion on `documents/`.
Limit: CopyObject takes sources up to 5 GiB (Amazon S3 API Reference, CopyObject).
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.s3_errors import code, unavailable_when_busy
from functions.adapters.s3_part_copy import COPY_PART, PartCopy
from functions.core.errors import IntegrityError, version_gone
from functions.core.ports import Copy, NoSuchUpload, Opened, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopyObjectOutputTypeDef, GetObjectOutputTypeDef

_MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})
"""405 is S3's answer for a delete marker."""


class S3Objects:
    """Implements `functions.core.ports.Objects`."""

    def __init__(self, client: "S3Client", bucket: str, copy_part_size: int = COPY_PART) -> None:
        """`copy_part_size` is bytes, the least that a part of a copy has."""
        self._client = client
        self._bucket = bucket
        self._copy_part_size = copy_part_size

    def open(self, key: str, version: str, length: int) -> Opened | None:
        try:
            with unavailable_when_busy():
                answer = self._get(key, version, 0, length)
                head = answer["Body"].read()
        except ClientError as error:
            if code(error) in _MISSING:
                return None
            if code(error) != "InvalidRange":
                raise
            # An empty object has no first byte, so every range of it is invalid.
            found = self.head(key, version)
            return Opened(found, b"") if found else None
        size = int(answer["ContentRange"].rpartition("/")[2])
        return Opened(StoredObject(answer["VersionId"], size, answer["ETag"]), head)

    def head(self, key: str, version: str) -> StoredObject | None:
        answer = self._head(key, VersionId=version)
        return _stored(answer) if answer else None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        with unavailable_when_busy(), _unavailable_when_gone():
            return self._get(key, version, start, length)["Body"].read()

    def copy(self, order: Copy) -> StoredObject:
        """One CopyObject. The source's version is kept as metadata, so that a second attempt knows its own work."""
        try:
            with unavailable_when_busy(), _unavailable_when_gone():
                answer = self._copy_object(order)
        except ClientError as error:
            if code(error) != "PreconditionFailed":
                raise
            return self._copied_before(order)
        result = answer.get("CopyObjectResult", {})
        sha256 = _hex(result.get("ChecksumSHA256"))
        if sha256 is None:
            return self._copied(order, answer["VersionId"])
        # S3 has said all there is to ask: the size is that of the source, which version and ETag pin.
        return StoredObject(answer["VersionId"], order.source.size, result["ETag"], sha256)

    def start_copy(self, order: Copy) -> str:
        with unavailable_when_busy():
            return self._part_copy(order).start()

    def continue_copy(
        self, order: Copy, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        try:
            with unavailable_when_busy(), _unavailable_when_gone():
                version = self._part_copy(order).run(upload_id, out_of_time)
        except NoSuchUpload:
            if self._head(order.target_key) is None:
                raise
            return self._copied_before(order)
        except ClientError as error:
            if code(error) != "PreconditionFailed":
                raise
            return self._copied_before(order)
        return self._copied(order, version) if version else None

    def delete(self, key: str, version: str) -> None:
        with unavailable_when_busy():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def _get(self, key: str, version: str, start: int, length: int) -> "GetObjectOutputTypeDef":
        span = f"bytes={start}-{start + length - 1}"
        return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version, Range=span)

    def _copy_object(self, order: Copy) -> "CopyObjectOutputTypeDef":
        return self._client.copy_object(
            Bucket=self._bucket,
            Key=order.target_key,
            CopySource={"Bucket": self._bucket, "Key": order.source_key, "VersionId": order.source.version},
            CopySourceIfMatch=order.source.etag,
            IfNoneMatch="*",
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=order.content_type,
            Metadata={"source-version": order.source.version},
            ChecksumAlgorithm="SHA256",
        )

    def _part_copy(self, order: Copy) -> PartCopy:
        return PartCopy(self._client, self._bucket, order, self._copy_part_size)

    def _copied(self, order: Copy, version: str) -> StoredObject:
        copied = self.head(order.target_key, version)
        if copied is None:
            raise IntegrityError("integrity_error", f"S3 copied {order.target_key} but has no such version.")
        return copied

    def _copied_before(self, order: Copy) -> StoredObject:
        held = self._head(order.target_key)
        if held is None or held["Metadata"].get("source-version") != order.source.version:
            raise IntegrityError("integrity_error", f"{order.target_key} holds something else already.")
        return _stored(held)

    def _head(self, key: str, **pin: Any) -> Any:
        try:
            with unavailable_when_busy():
                return self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED", **pin)
        except ClientError as error:
            if code(error) in _MISSING:
                return None
            raise


@contextmanager
def _unavailable_when_gone() -> Iterator[None]:
    """What was there when it was opened has vanished: the next attempt will see."""
    try:
        yield
    except ClientError as error:
        if code(error) in _MISSING:
            raise version_gone() from error
        raise


def _stored(answer: Any) -> StoredObject:
    return StoredObject(
        version=answer["VersionId"],
        size=answer["ContentLength"],
        etag=answer["ETag"],
        sha256=_hex(answer.get("ChecksumSHA256")),
        crc64nvme=answer.get("ChecksumCRC64NVME"),
    )


def _hex(checksum: str | None) -> str | None:
    """Base64 to hex. A composite checksum (`...-3`) is a hash of hashes, not of the object: None."""
    if checksum is None or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()
