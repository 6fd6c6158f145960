"""One copy of more than 5 GiB: parts copied side by side inside S3, by as many calls as it takes.

S3 holds the state: the upload id is in the record, and ListParts says which parts are there. So a function that runs
out of time stops, and the next one goes on. Every part is pinned to the source's version and ETag.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.adapters.s3.errors import code
from functions.domain.parts import MAX_PARTS, MIB, PartPlan
from functions.domain.storage import CopyRequest, NoSuchUpload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

COPY_PART = 128 * MIB
"""S3 copies one part at some 70 MB/s after 1.7 s, so smaller parts cost more requests and larger ones more time."""

STREAMS = 32


class PartCopy:
    """Errors of S3 come through as they are, but for NoSuchUpload."""

    def __init__(self, client: "S3Client", bucket: str, request: CopyRequest, part_size: int) -> None:
        self._client = client
        self._bucket = bucket
        self._order = request
        size = request.source.size
        needed = -(-size // (MAX_PARTS * MIB)) * MIB
        self._plan = PartPlan(size, max(part_size, needed))

    def start(self) -> str:
        """The upload id of a copy with the detected type and nothing else of its source."""
        answer = self._client.create_multipart_upload(
            Bucket=self._bucket,
            Key=self._order.target_key,
            ContentType=self._order.content_type,
            Metadata={"source-version": self._order.source.version},
            ChecksumAlgorithm="CRC64NVME",
            ChecksumType="FULL_OBJECT",
        )
        return answer["UploadId"]

    def run(self, upload_id: str, out_of_time: Callable[[], bool]) -> str | None:
        """The version of the finished copy, or None if time ran out first. Raises NoSuchUpload."""
        try:
            etags = self._held(upload_id)
            etags |= self._copy(upload_id, self._plan.missing_numbers(etags), out_of_time)
            if self._plan.missing_numbers(etags):
                return None
            return self._complete(upload_id, etags)
        except ClientError as error:
            if code(error) == "NoSuchUpload":
                raise NoSuchUpload(upload_id) from error
            raise

    def _held(self, upload_id: str) -> dict[int, str]:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=self._order.target_key, UploadId=upload_id
        )
        return {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", [])}

    def _copy(self, upload_id: str, numbers: list[int], out_of_time: Callable[[], bool]) -> dict[int, str]:
        """ETags by part number, of those for which there was time. The first error ends all that has not begun."""

        def copied(number: int) -> tuple[int, str] | None:
            return None if out_of_time() else (number, self._copy_part(upload_id, number))

        with ThreadPoolExecutor(STREAMS) as pool:
            return dict(filter(None, pool.map(copied, numbers)))

    def _copy_part(self, upload_id: str, number: int) -> str:
        source, start = self._order.source, (number - 1) * self._plan.part_size
        answer = self._client.upload_part_copy(
            Bucket=self._bucket,
            Key=self._order.target_key,
            UploadId=upload_id,
            PartNumber=number,
            CopySource={"Bucket": self._bucket, "Key": self._order.source_key, "VersionId": source.version},
            CopySourceIfMatch=source.etag,
            CopySourceRange=f"bytes={start}-{start + self._plan.size_of(number) - 1}",
        )
        return answer["CopyPartResult"]["ETag"]

    def _complete(self, upload_id: str, etags: dict[int, str]) -> str:
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)
        ]
        answer = self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._order.target_key,
            UploadId=upload_id,
            MultipartUpload={"Parts": parts},
            IfNoneMatch="*",
            MpuObjectSize=self._plan.size,
        )
        return answer["VersionId"]
