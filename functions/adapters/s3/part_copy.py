"""A copy of more than 5 GiB, in parts that S3 copies concurrently.

The progress is in S3: the document has the upload id, and ListParts returns the copied parts. A function that runs out
of time stops, and the next one resumes. Every part is pinned to the version and the ETag of the source.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code
from functions.domain.parts import MIB, plan_parts
from functions.domain.storage import CopyRequest, NoSuchUpload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

COPY_PART_SIZE = 128 * MIB
"""Minimum size of a copied part in bytes.

S3 copies a part at about 70 MB/s after 1.7 s, so smaller parts cost more requests and larger parts more time.
"""

MAX_CONCURRENT_PARTS = 32
"""Number of parts that one copy has in progress."""


class PartCopy:
    """One copy in parts. Raises ClientError for every error of S3 except NoSuchUpload."""

    def __init__(self, client: "S3Client", bucket: str, request: CopyRequest, part_size: int) -> None:
        self._client = client
        self._bucket = bucket
        self._request = request
        self._plan = plan_parts(request.source.size, part_size)

    def start(self) -> str:
        """Creates the upload with the detected type and without metadata of the source. Returns its id."""
        response = self._client.create_multipart_upload(
            Bucket=self._bucket,
            Key=self._request.target_key,
            ContentType=self._request.content_type,
            Metadata={"source-version": self._request.source.version},
            ChecksumAlgorithm="CRC64NVME",
            ChecksumType="FULL_OBJECT",
        )
        return response["UploadId"]

    def run(self, upload_id: str, out_of_time: Callable[[], bool]) -> str | None:
        """Copies the missing parts and returns the version of the copy, or None on timeout. Raises NoSuchUpload."""
        try:
            etags = self._list_parts(upload_id)
            etags |= self._copy_parts(upload_id, self._plan.missing_numbers(etags), out_of_time)
            if self._plan.missing_numbers(etags):
                return None
            return self._complete(upload_id, etags)
        except ClientError as error:
            if error_code(error) == "NoSuchUpload":
                raise NoSuchUpload(upload_id) from error
            raise

    def _list_parts(self, upload_id: str) -> dict[int, str]:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=self._request.target_key, UploadId=upload_id
        )
        return {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", [])}

    def _copy_parts(
        self, upload_id: str, numbers: list[int], out_of_time: Callable[[], bool]
    ) -> dict[int, str]:
        """Copies parts while there is time and returns their ETags by part number. An error prevents further parts."""

        def copy_in_time(number: int) -> tuple[int, str] | None:
            return None if out_of_time() else (number, self._copy_part(upload_id, number))

        with ThreadPoolExecutor(MAX_CONCURRENT_PARTS) as pool:
            return dict(filter(None, pool.map(copy_in_time, numbers)))

    def _copy_part(self, upload_id: str, number: int) -> str:
        source, start = self._request.source, (number - 1) * self._plan.part_size
        response = self._client.upload_part_copy(
            Bucket=self._bucket,
            Key=self._request.target_key,
            UploadId=upload_id,
            PartNumber=number,
            CopySource={"Bucket": self._bucket, "Key": self._request.source_key, "VersionId": source.version},
            CopySourceIfMatch=source.etag,
            CopySourceRange=f"bytes={start}-{start + self._plan.size_of(number) - 1}",
        )
        return response["CopyPartResult"]["ETag"]

    def _complete(self, upload_id: str, etags: dict[int, str]) -> str:
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)
        ]
        response = self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._request.target_key,
            UploadId=upload_id,
            MultipartUpload={"Parts": parts},
            IfNoneMatch="*",
            MpuObjectSize=self._plan.size,
        )
        return response["VersionId"]
