"""Listings of the bucket, read page by page.

IAM actions: s3:ListBucketVersions, s3:ListBucketMultipartUploads and s3:DeleteObjectVersion.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.storage import ObjectVersion, OpenUpload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


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

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        """See `BucketInventory.delete`. Raises Unavailable if S3 fails to delete some of them."""
        if not versions:
            return
        targets: list[ObjectIdentifierTypeDef] = [
            {"Key": each.key, "VersionId": each.version} for each in versions
        ]
        with unavailable_when_busy():
            response = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": targets, "Quiet": True}
            )
        if errors := response.get("Errors"):
            raise Unavailable(
                Code.STORAGE_UNAVAILABLE,
                f"S3 did not delete {len(errors)} of {len(versions)} versions: {errors[0].get('Code')}.",
                retry_after=1,
            )
