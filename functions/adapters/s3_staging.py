"""What lies in `staging/`, listed page by page.

IAM actions: s3:ListBucketVersions, s3:ListBucketMultipartUploads, s3:DeleteObjectVersion, s3:AbortMultipartUpload and
s3:ListMultipartUploadParts.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.adapters.s3_errors import unavailable_when_busy
from functions.core.ports import OpenUpload, StagedVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PREFIX = "staging/"
"""With the slash: without it the listing would also hold `staging2/`."""


class S3Staging:
    """Implements `functions.core.ports.Staging`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def versions(self, key: str | None = None) -> Iterator[StagedVersion]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=key or _PREFIX
        )
        with unavailable_when_busy():
            for version in (version for page in pages for version in page.get("Versions", [])):
                if key in (None, version["Key"]):
                    yield StagedVersion(version["Key"], version["VersionId"], version["LastModified"])

    def uploads(self) -> Iterator[OpenUpload]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=_PREFIX
        )
        with unavailable_when_busy():
            for upload in (upload for page in pages for upload in page.get("Uploads", [])):
                yield OpenUpload(upload["Key"], upload["UploadId"], upload["Initiated"])

    def delete(self, key: str, version: str) -> None:
        with unavailable_when_busy():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
