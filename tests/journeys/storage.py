"""The bucket as its owner sees it, to check what is there and what is gone."""

import base64
import time
from dataclasses import dataclass
from typing import Any

_PATIENCE = 60.0
_LARGE = 32 * 1024**2


@dataclass(frozen=True)
class Storage:
    s3: Any
    bucket: str

    def versions(self, document_id: str) -> list[str]:
        """The keys of every version and delete marker of this document, anywhere in the bucket."""
        listed = self.s3.list_object_versions(Bucket=self.bucket)
        entries = listed.get("Versions", []) + listed.get("DeleteMarkers", [])
        return [entry["Key"] for entry in entries if entry["Key"].endswith(document_id)]

    def sha256(self, document_id: str) -> str:
        """What S3 itself says of the promoted object, in hex."""
        [key] = self.versions(document_id)
        head = self.s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        return base64.b64decode(head["ChecksumSHA256"]).hex()

    def wait_until_empty(self, document_id: str, prefix: str) -> None:
        """What follows a change of state, such as a delete, comes a moment after it."""
        deadline = time.monotonic() + _PATIENCE
        while left := [key for key in self.versions(document_id) if key.startswith(prefix)]:
            assert time.monotonic() < deadline, f"still there: {left}"
            time.sleep(0.05)

    def remove_large(self) -> None:
        """Objects above 32 MiB, and every upload in parts: a local S3 keeps all bytes in memory."""
        for upload in self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []):
            self.s3.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        for version in self.s3.list_object_versions(Bucket=self.bucket).get("Versions", []):
            if version["Size"] > _LARGE:
                self.s3.delete_object(Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"])
