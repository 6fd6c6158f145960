"""Listings of the bucket, read page by page.

IAM actions: s3:ListBucketVersions, s3:ListBucketMultipartUploads and s3:DeleteObjectVersion.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.storage import ObjectVersion, OpenUpload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3BucketInventory:
    """Implements `functions.domain.storage.BucketInventory`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with unavailable_when_busy():
            for page in pages:
                for version in page.get("Versions", []):
                    yield ObjectVersion(version["Key"], version["VersionId"], version["LastModified"])
                for marker in page.get("DeleteMarkers", []):
                    yield ObjectVersion(marker["Key"], marker["VersionId"], marker["LastModified"], True)

    def uploads(self, prefix: str) -> Iterator[OpenUpload]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with unavailable_when_busy():
            for upload in (upload for page in pages for upload in page.get("Uploads", [])):
                yield OpenUpload(upload["Key"], upload["UploadId"], upload["Initiated"])

    def delete(self, key: str, version: str) -> None:
        with unavailable_when_busy():
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
