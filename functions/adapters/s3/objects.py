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

from functions.adapters.s3.errors import code, unavailable_when_busy
from functions.adapters.s3.part_copy import COPY_PART, PartCopy
from functions.domain.codes import Code
from functions.domain.errors import IntegrityError, version_gone
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectHead, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopyObjectOutputTypeDef, GetObjectOutputTypeDef

_MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})
"""405 is S3's answer for a delete marker."""


class S3ObjectStore:
    """Implements `functions.domain.storage.ObjectStore`."""

    def __init__(self, client: "S3Client", bucket: str, copy_part_size: int = COPY_PART) -> None:
        """`copy_part_size` is bytes, the least that a part of a copy has."""
        self._client = client
        self._bucket = bucket
        self._copy_part_size = copy_part_size

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
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
            return ObjectHead(found, b"") if found else None
        size = int(answer["ContentRange"].rpartition("/")[2])
        return ObjectHead(StoredObject(answer["VersionId"], size, answer["ETag"]), head)

    def head(self, key: str, version: str) -> StoredObject | None:
        answer = self._head(key, VersionId=version)
        return _stored(answer) if answer else None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        with unavailable_when_busy(), _unavailable_when_gone():
            return self._get(key, version, start, length)["Body"].read()

    def copy(self, request: CopyRequest) -> StoredObject:
        """One CopyObject. The source's version is kept as metadata, so that a second attempt knows its own work."""
        try:
            with unavailable_when_busy(), _unavailable_when_gone():
                answer = self._copy_object(request)
        except ClientError as error:
            if code(error) != "PreconditionFailed":
                raise
            return self._copied_before(request)
        result = answer.get("CopyObjectResult", {})
        sha256 = _hex(result.get("ChecksumSHA256"))
        if sha256 is None:
            return self._copied(request, answer["VersionId"])
        # S3 has said all there is to ask: the size is that of the source, which version and ETag pin.
        return StoredObject(answer["VersionId"], request.source.size, result["ETag"], sha256)

    def start_copy(self, request: CopyRequest) -> str:
        with unavailable_when_busy():
            return self._part_copy(request).start()

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        try:
            with unavailable_when_busy(), _unavailable_when_gone():
                version = self._part_copy(request).run(upload_id, out_of_time)
        except NoSuchUpload:
            if self._head(request.target_key) is None:
                raise
            return self._copied_before(request)
        except ClientError as error:
            if code(error) != "PreconditionFailed":
                raise
            return self._copied_before(request)
        return self._copied(request, version) if version else None

    def delete(self, key: str, version: str) -> None:
        with unavailable_when_busy():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def _get(self, key: str, version: str, start: int, length: int) -> "GetObjectOutputTypeDef":
        span = f"bytes={start}-{start + length - 1}"
        return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version, Range=span)

    def _copy_object(self, request: CopyRequest) -> "CopyObjectOutputTypeDef":
        return self._client.copy_object(
            Bucket=self._bucket,
            Key=request.target_key,
            CopySource={
                "Bucket": self._bucket,
                "Key": request.source_key,
                "VersionId": request.source.version,
            },
            CopySourceIfMatch=request.source.etag,
            IfNoneMatch="*",
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=request.content_type,
            Metadata={"source-version": request.source.version},
            ChecksumAlgorithm="SHA256",
        )

    def _part_copy(self, request: CopyRequest) -> PartCopy:
        return PartCopy(self._client, self._bucket, request, self._copy_part_size)

    def _copied(self, request: CopyRequest, version: str) -> StoredObject:
        copied = self.head(request.target_key, version)
        if copied is None:
            raise IntegrityError(
                Code.INTEGRITY_ERROR, f"S3 copied {request.target_key} but has no such version."
            )
        return copied

    def _copied_before(self, request: CopyRequest) -> StoredObject:
        held = self._head(request.target_key)
        if held is None or held["Metadata"].get("source-version") != request.source.version:
            raise IntegrityError(Code.INTEGRITY_ERROR, f"{request.target_key} holds something else already.")
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
