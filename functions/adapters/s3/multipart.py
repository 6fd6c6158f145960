"""S3's multipart upload of staged objects, for the API.

IAM actions: s3:PutObject (which creates, signs and completes), s3:AbortMultipartUpload, s3:ListMultipartUploadParts.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.s3.errors import code, unavailable_when_busy
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.storage import InvalidParts, NoSuchUpload, UploadedPart

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_REFUSED = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest", "InvalidRequest"})
_ABORTS = 5
"""Parts that were on their way when an abort came may survive it (S3 API Reference, AbortMultipartUpload)."""
_PATIENCE = 15.0
"""Seconds for S3 to complete. It may take minutes and sends spaces meanwhile (S3 API Reference, CompleteMultipartUpload),
so no time-out of a connection ends the wait; API Gateway gives the whole call 30 seconds."""


class S3MultipartStore:
    """Implements `functions.domain.storage.MultipartStore`."""

    def __init__(self, client: "S3Client", bucket: str, patience: float = _PATIENCE) -> None:
        """`patience` is seconds, the longest that `complete` waits for S3."""
        self._client = client
        self._bucket = bucket
        self._patience = patience

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        checksum: Any = (
            {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"}
            if part_checksums
            else {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "FULL_OBJECT"}
        )
        with unavailable_when_busy():
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type, **checksum
            )
        return answer["UploadId"]

    def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=key, UploadId=upload_id
        )
        try:
            with unavailable_when_busy():
                return [_held(part) for page in pages for part in page.get("Parts", [])]
        except ClientError as error:
            if code(error) == "NoSuchUpload":
                raise NoSuchUpload(upload_id) from error
            raise

    def complete(
        self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int, crc64nvme: str | None
    ) -> None:
        """Unavailable also when S3 needs longer than we can wait: it goes on by itself."""
        checksum: Any = {} if crc64nvme is None else {"ChecksumCRC64NVME": crc64nvme}
        call = partial(
            self._client.complete_multipart_upload,
            Bucket=self._bucket,
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Parts": [_named(part) for part in parts]},
            IfNoneMatch="*",
            MpuObjectSize=size,
            **checksum,
        )
        try:
            with unavailable_when_busy():
                _in_time(call, self._patience)
        except ClientError as error:
            _translate(error, upload_id)

    def abort(self, key: str, upload_id: str) -> None:
        for _ in range(_ABORTS):
            try:
                with unavailable_when_busy():
                    self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
                if not self.parts(key, upload_id):
                    return
            except NoSuchUpload:
                return
            except ClientError as error:
                if code(error) == "NoSuchUpload":
                    return
                raise


def _in_time(call: Callable[[], object], seconds: float) -> None:
    thread = ThreadPoolExecutor(1)
    answer = thread.submit(call)
    thread.shutdown(wait=False)
    try:
        answer.result(seconds)
    except TimeoutError as error:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "S3 is still at it.", retry_after=1) from error


def _held(part: Any) -> UploadedPart:
    return UploadedPart(part["PartNumber"], part["Size"], part["ETag"], part.get("ChecksumSHA256"))


def _named(part: UploadedPart) -> Any:
    named = {"PartNumber": part.part_number, "ETag": part.etag}
    return named if part.sha256 is None else named | {"ChecksumSHA256": part.sha256}


def _translate(error: ClientError, upload_id: str) -> None:
    """Returns where the object is there already: whoever completed it first, it is done."""
    match code(error):
        case "PreconditionFailed":
            return
        case "NoSuchUpload":
            raise NoSuchUpload(upload_id) from error
        case refused if refused in _REFUSED:
            raise InvalidParts(error.response["Error"]["Message"]) from error
        case _:
            raise error
