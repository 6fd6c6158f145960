"""Listings of the bucket, read page by page.

IAM actions: s3:ListBucketVersions, s3:ListBucketMultipartUploads and s3:DeleteObjectVersion.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.storage import Listing, ObjectVersion, OpenUpload, list_all

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


class S3BucketInventory:
    """Implements `functions.domain.storage.BucketInventory`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def list_versions(self, prefix: str, after: str | None = None) -> Listing[ObjectVersion]:
        """See `BucketInventory.list_versions`. The cursor has the two markers of S3."""
        with unavailable_when_busy():
            page = self._client.list_object_versions(
                Bucket=self._bucket, Prefix=prefix, **_markers(after, "KeyMarker", "VersionIdMarker")
            )
        entries = [
            ObjectVersion(version["Key"], version["VersionId"], version["LastModified"])
            for version in page.get("Versions", [])
        ]
        entries += [
            ObjectVersion(marker["Key"], marker["VersionId"], marker["LastModified"], True)
            for marker in page.get("DeleteMarkers", [])
        ]
        return Listing(entries, _cursor(page, "NextKeyMarker", "NextVersionIdMarker"))

    def list_uploads(self, prefix: str, after: str | None = None) -> Listing[OpenUpload]:
        """See `BucketInventory.list_uploads`. The cursor has the two markers of S3."""
        with unavailable_when_busy():
            page = self._client.list_multipart_uploads(
                Bucket=self._bucket, Prefix=prefix, **_markers(after, "KeyMarker", "UploadIdMarker")
            )
        entries = [
            OpenUpload(upload["Key"], upload["UploadId"], upload["Initiated"])
            for upload in page.get("Uploads", [])
        ]
        return Listing(entries, _cursor(page, "NextKeyMarker", "NextUploadIdMarker"))

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        return list_all(self.list_versions, prefix)

    def uploads(self, prefix: str) -> Iterator[OpenUpload]:
        return list_all(self.list_uploads, prefix)

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


def _markers(after: str | None, *names: str) -> Any:
    """Returns the parameters that continue a listing. S3 leaves out the second marker at the end of a key."""
    if after is None:
        return {}
    return {name: value for name, value in zip(names, json.loads(after), strict=True) if value}


def _cursor(page: Mapping[str, Any], *names: str) -> str | None:
    return json.dumps([page.get(name) for name in names]) if page["IsTruncated"] else None
