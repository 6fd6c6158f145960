"""The bucket as an operator reads it: versions and unfinished uploads of an owner or a document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from functions.domain.keys import DOCUMENTS, QUARANTINE, RENDITIONS, SCAN_AREA, STAGING
from functions.domain.storage import DELETE_BATCH
from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError

_AREAS = (STAGING, STAGING + SCAN_AREA, DOCUMENTS, RENDITIONS, QUARANTINE)


@dataclass(frozen=True)
class StoredVersion:
    """A version or, without a size, a delete marker."""

    key: str
    version_id: str
    size: int | None


@dataclass(frozen=True)
class UnfinishedUpload:
    key: str
    upload_id: str


def list_prefixes(owner: str, document_id: str = "") -> list[str]:
    """Returns the prefix of an owner in each area of the bucket, or those of one document."""
    return [f"{area}{owner}/{document_id}" for area in _AREAS]


@dataclass(frozen=True)
class StoredObjects:
    """The objects of one bucket. Each method raises OperateError."""

    client: Any
    bucket: str

    @classmethod
    def of(cls, deployment: Deployment) -> "StoredObjects":
        return cls(deployment.client("s3"), deployment.bucket)

    def list_versions(self, prefixes: Sequence[str]) -> Iterator[StoredVersion]:
        """Yields versions and delete markers. IAM action: s3:ListBucketVersions."""
        paginator = self.client.get_paginator("list_object_versions")
        with translate_errors():
            for prefix in prefixes:
                for page in paginator.paginate(Bucket=self.bucket, Prefix=prefix):
                    for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                        yield StoredVersion(entry["Key"], entry["VersionId"], entry.get("Size"))

    def list_uploads(self, prefixes: Sequence[str]) -> Iterator[UnfinishedUpload]:
        """Yields multipart uploads that are not complete. IAM action: s3:ListBucketMultipartUploads."""
        paginator = self.client.get_paginator("list_multipart_uploads")
        with translate_errors():
            for prefix in prefixes:
                for page in paginator.paginate(Bucket=self.bucket, Prefix=prefix):
                    for entry in page.get("Uploads", []):
                        yield UnfinishedUpload(entry["Key"], entry["UploadId"])

    def delete(self, versions: Sequence[StoredVersion]) -> None:
        """Deletes versions for good. IAM action: s3:DeleteObjectVersion."""
        for start in range(0, len(versions), DELETE_BATCH):
            batch = versions[start : start + DELETE_BATCH]
            entries = [{"Key": each.key, "VersionId": each.version_id} for each in batch]
            with translate_errors():
                response = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": entries, "Quiet": True}
                )
            if errors := response.get("Errors"):
                raise OperateError(f"{len(errors)} versions are not deleted: {errors[0].get('Code')}")

    def abort(self, uploads: Sequence[UnfinishedUpload]) -> None:
        """Aborts uploads, which deletes their parts. IAM action: s3:AbortMultipartUpload."""
        for upload in uploads:
            with translate_errors():
                self.client.abort_multipart_upload(
                    Bucket=self.bucket, Key=upload.key, UploadId=upload.upload_id
                )
