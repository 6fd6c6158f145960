"""Multipart uploads of staged objects.

IAM actions: s3:PutObject (to create, to sign parts and to complete), s3:AbortMultipartUpload and
s3:ListMultipartUploadParts.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code
from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.checksums import to_base64, to_hex
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.storage import InvalidParts, NoSuchUpload, UploadedPart

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_INVALID_PARTS = frozenset(
    {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest", "InvalidRequest"}
)
_MAX_ABORTS = 5
"""Number of aborts, because parts in transit survive an abort (S3 API Reference, AbortMultipartUpload)."""

_COMPLETE_TIMEOUT = 15.0
"""Seconds to wait for S3 to complete an upload.

Completing may take minutes. Meanwhile S3 sends spaces, so no timeout of the connection applies (S3 API Reference,
CompleteMultipartUpload). API Gateway ends the whole call after 30 seconds.
"""


class S3MultipartStore:
    """Implements `functions.domain.storage.MultipartStore`."""

    def __init__(self, client: "S3Client", bucket: str, complete_timeout: float = _COMPLETE_TIMEOUT) -> None:
        """`complete_timeout` is the maximum time in seconds that `complete` waits for S3."""
        self._client = client
        self._bucket = bucket
        self._complete_timeout = complete_timeout

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        checksum: Any = (
            {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"}
            if part_checksums
            else {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "FULL_OBJECT"}
        )
        with unavailable_when_busy():
            response = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type, **checksum
            )
        return response["UploadId"]

    def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=key, UploadId=upload_id
        )
        try:
            with unavailable_when_busy():
                return [_uploaded_part(part) for page in pages for part in page.get("Parts", [])]
        except ClientError as error:
            if error_code(error) == "NoSuchUpload":
                raise NoSuchUpload(upload_id) from error
            raise

    def has_parts(self, key: str, upload_id: str) -> bool:
        """See `MultipartStore.has_parts`. One request for one part."""
        try:
            with unavailable_when_busy():
                page = self._client.list_parts(Bucket=self._bucket, Key=key, UploadId=upload_id, MaxParts=1)
        except ClientError as error:
            if error_code(error) == "NoSuchUpload":
                return False
            raise
        return bool(page.get("Parts"))

    def complete(
        self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int, crc64nvme: str | None
    ) -> None:
        """See `MultipartStore.complete`. Also raises Unavailable on a timeout, after which S3 may still complete."""
        checksum: Any = {} if crc64nvme is None else {"ChecksumCRC64NVME": crc64nvme}
        call = partial(
            self._client.complete_multipart_upload,
            Bucket=self._bucket,
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Parts": [_completed_part(part) for part in parts]},
            IfNoneMatch="*",
            MpuObjectSize=size,
            **checksum,
        )
        try:
            with unavailable_when_busy():
                _call_with_timeout(call, self._complete_timeout)
        except ClientError as error:
            _check_completed(error, upload_id)

    def abort(self, key: str, upload_id: str) -> None:
        for _ in range(_MAX_ABORTS):
            try:
                with unavailable_when_busy():
                    self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
                if not self.parts(key, upload_id):
                    return
            except NoSuchUpload:
                return
            except ClientError as error:
                if error_code(error) == "NoSuchUpload":
                    return
                raise


def _call_with_timeout(call: Callable[[], object], seconds: float) -> None:
    executor = ThreadPoolExecutor(1)
    future = executor.submit(call)
    executor.shutdown(wait=False)
    try:
        future.result(seconds)
    except TimeoutError as error:
        raise Unavailable(
            Code.STORAGE_UNAVAILABLE, "S3 is still assembling the object.", retry_after=1
        ) from error


def _uploaded_part(part: Any) -> UploadedPart:
    checksum = part.get("ChecksumSHA256")
    sha256 = to_hex(checksum) if checksum else None
    return UploadedPart(part["PartNumber"], part["Size"], part["ETag"], sha256)


def _completed_part(part: UploadedPart) -> Any:
    """Returns a CompletedPart of S3's API."""
    completed = {"PartNumber": part.part_number, "ETag": part.etag}
    return completed if part.sha256 is None else completed | {"ChecksumSHA256": to_base64(part.sha256)}


def _check_completed(error: ClientError, upload_id: str) -> None:
    """Translates an error of the completion. Returns if the object exists, because an earlier call has created it."""
    match error_code(error):
        case "PreconditionFailed":
            return
        case "NoSuchUpload":
            raise NoSuchUpload(upload_id) from error
        case invalid if invalid in _INVALID_PARTS:
            raise InvalidParts(error.response["Error"]["Message"]) from error
        case _:
            raise error
