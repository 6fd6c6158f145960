"""Objects in S3, always by version.

IAM actions: s3:GetObject, s3:GetObjectVersion, s3:DeleteObjectVersion and s3:ListBucket (so that what is missing is 404)
on `staging/`; s3:PutObject, s3:GetObject and s3:GetObjectVersion on `documents/`.
Limit: CopyObject takes sources up to 5 GiB (Amazon S3 API Reference, CopyObject).
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.core.errors import IntegrityError, Unavailable
from functions.core.ports import Copy, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUSY = frozenset(
    [
        "SlowDown",
        "ServiceUnavailable",
        "InternalError",
        "RequestTimeout",
        "ConditionalRequestConflict",
        "500",
        "503",
    ]
)
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})
"""405 is S3's answer to a HEAD of a delete marker."""


class S3Objects:
    """Implements `functions.core.ports.Objects`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def head(self, key: str, version: str) -> StoredObject | None:
        answer = self._head(key, VersionId=version)
        return _stored(answer) if answer else None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        span = f"bytes={start}-{start + length - 1}"
        with _translated():
            answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version, Range=span)
            return answer["Body"].read()

    def copy(self, order: Copy) -> StoredObject:
        """One CopyObject. The source's version is kept as metadata, so that a second attempt knows its own work."""
        try:
            with _translated():
                version = self._copy_object(order)
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return self._copied_before(order)
        copied = self.head(order.target_key, version)
        if copied is None:
            raise IntegrityError(
                "integrity_error", f"S3 says it copied {order.target_key} but has no such version."
            )
        return copied

    def delete(self, key: str, version: str) -> None:
        with _translated():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def _copy_object(self, order: Copy) -> str:
        answer = self._client.copy_object(
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
        return answer["VersionId"]

    def _copied_before(self, order: Copy) -> StoredObject:
        held = self._head(order.target_key)
        if held is None or held["Metadata"].get("source-version") != order.source.version:
            raise IntegrityError("integrity_error", f"{order.target_key} holds something else already.")
        return _stored(held)

    def _head(self, key: str, **pin: Any) -> Any:
        try:
            with _translated():
                return self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED", **pin)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise


def _stored(answer: Any) -> StoredObject:
    return StoredObject(
        version=answer["VersionId"],
        size=answer["ContentLength"],
        etag=answer["ETag"],
        sha256=_hex(answer.get("ChecksumSHA256")),
    )


def _hex(checksum: str | None) -> str | None:
    """Base64 to hex. A composite checksum (`...-3`) is a hash of hashes, not of the object: None."""
    if checksum is None or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _BUSY:
            raise _unavailable() from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable("storage_unavailable", "S3 is busy; nothing has changed.", retry_after=1)
