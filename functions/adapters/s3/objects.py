"""Objects in S3, always addressed by version.

IAM actions: s3:GetObjectVersion and s3:DeleteObjectVersion on `staging/`; s3:PutObject, s3:GetObject and
s3:GetObjectVersion on `documents/`; s3:PutObject on `quarantine/`; s3:ListBucket, because without it S3 responds to a missing object with 403.
Limit: the source of a CopyObject is at most 5 GiB (Amazon S3 API Reference, CopyObject).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code
from functions.adapters.s3.errors import MISSING, unavailable_when_busy, unavailable_when_missing
from functions.adapters.s3.file_names import read_file_name
from functions.adapters.s3.part_copy import COPY_PART_SIZE, PartCopy
from functions.domain.checksums import to_hex
from functions.domain.codes import Code
from functions.domain.errors import IntegrityError
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectHead, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopyObjectOutputTypeDef, GetObjectOutputTypeDef


class S3ObjectStore:
    """Implements `functions.domain.storage.ObjectStore`."""

    def __init__(self, client: "S3Client", bucket: str, copy_part_size: int = COPY_PART_SIZE) -> None:
        """`copy_part_size` is the minimum size in bytes of a part of a copy."""
        self._client = client
        self._bucket = bucket
        self._copy_part_size = copy_part_size

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        try:
            with unavailable_when_busy():
                response = self._get(key, version, 0, length)
                head = response["Body"].read()
        except ClientError as error:
            if error_code(error) in MISSING:
                return None
            if error_code(error) != "InvalidRange":
                raise
            # Every range of an empty object is invalid.
            stored = self.head(key, version)
            return ObjectHead(stored, b"") if stored else None
        size = int(response["ContentRange"].rpartition("/")[2])
        stored = StoredObject(response["VersionId"], size, response["ETag"])
        return ObjectHead(stored, head, read_file_name(response["Metadata"]))

    def head(self, key: str, version: str) -> StoredObject | None:
        response = self._head(key, VersionId=version)
        return _stored_object(response) if response else None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        with unavailable_when_busy(), unavailable_when_missing():
            return self._get(key, version, start, length)["Body"].read()

    def copy(self, request: CopyRequest) -> StoredObject:
        """See `ObjectStore.copy`. The metadata of the copy names the source version, so a retry finds it."""
        try:
            with unavailable_when_busy(), unavailable_when_missing():
                response = self._copy_object(request, IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise
            return self._find_copy(request)
        result = response.get("CopyObjectResult", {})
        if "ChecksumSHA256" not in result:
            return self._head_copy(request, response["VersionId"])
        return _copied_object(request, response)

    def add_copy(self, request: CopyRequest) -> StoredObject:
        try:
            with unavailable_when_busy(), unavailable_when_missing():
                return _copied_object(request, self._copy_object(request))
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise
            message = f"Version {request.source.version} of {request.source_key} is not what was inspected."
            raise IntegrityError(Code.INTEGRITY_ERROR, message) from error

    def start_copy(self, request: CopyRequest) -> str:
        with unavailable_when_busy():
            return self._part_copy(request).start()

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        try:
            with unavailable_when_busy(), unavailable_when_missing():
                version = self._part_copy(request).run(upload_id, out_of_time)
        except NoSuchUpload:
            if self._head(request.target_key) is None:
                raise
            return self._find_copy(request)
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise
            return self._find_copy(request)
        return self._head_copy(request, version) if version else None

    def delete(self, key: str, version: str) -> None:
        with unavailable_when_busy():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def _get(self, key: str, version: str, start: int, length: int) -> "GetObjectOutputTypeDef":
        byte_range = f"bytes={start}-{start + length - 1}"
        return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version, Range=byte_range)

    def _copy_object(self, request: CopyRequest, **condition: Any) -> "CopyObjectOutputTypeDef":
        return self._client.copy_object(
            Bucket=self._bucket,
            Key=request.target_key,
            CopySource={
                "Bucket": self._bucket,
                "Key": request.source_key,
                "VersionId": request.source.version,
            },
            CopySourceIfMatch=request.source.etag,
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=request.content_type,
            Metadata={"source-version": request.source.version},
            ChecksumAlgorithm="SHA256",
            **condition,
        )

    def _part_copy(self, request: CopyRequest) -> PartCopy:
        return PartCopy(self._client, self._bucket, request, self._copy_part_size)

    def _head_copy(self, request: CopyRequest, version: str) -> StoredObject:
        copied = self.head(request.target_key, version)
        if copied is None:
            raise IntegrityError(
                Code.INTEGRITY_ERROR, f"S3 copied to {request.target_key}, but the version does not exist."
            )
        return copied

    def _find_copy(self, request: CopyRequest) -> StoredObject:
        """Returns the copy that an earlier attempt has made. Raises IntegrityError for any other object."""
        response = self._head(request.target_key)
        if response is None or response["Metadata"].get("source-version") != request.source.version:
            raise IntegrityError(
                Code.INTEGRITY_ERROR, f"{request.target_key} is not a copy of this source version."
            )
        return _stored_object(response)

    def _head(self, key: str, **pin: Any) -> Any:
        try:
            with unavailable_when_busy():
                return self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED", **pin)
        except ClientError as error:
            if error_code(error) in MISSING:
                return None
            raise


def _copied_object(request: CopyRequest, response: "CopyObjectOutputTypeDef") -> StoredObject:
    """Needs no HEAD: the size is that of the source, whose version and ETag the request pinned."""
    result = response.get("CopyObjectResult", {})
    sha256 = _sha256_hex(result.get("ChecksumSHA256"))
    return StoredObject(response["VersionId"], request.source.size, result["ETag"], sha256)


def _stored_object(response: Any) -> StoredObject:
    return StoredObject(
        version=response["VersionId"],
        size=response["ContentLength"],
        etag=response["ETag"],
        sha256=_sha256_hex(response.get("ChecksumSHA256")),
        crc64nvme=response.get("ChecksumCRC64NVME"),
    )


def _sha256_hex(checksum: str | None) -> str | None:
    """Converts a checksum to hex. Returns None for a composite checksum (`...-3`), which is a hash of part hashes."""
    return None if checksum is None or "-" in checksum else to_hex(checksum)
