"""The bucket with the account's root key, to check what is stored and what is deleted."""

import base64
from dataclasses import dataclass
from typing import Any

from tests.journeys.wait import wait_until

_LARGE = 32 * 1024**2


@dataclass(frozen=True)
class Storage:
    s3: Any
    bucket: str

    def list_keys(self, document_id: str) -> list[str]:
        """Returns the keys of every version and delete marker of this document."""
        entries = self._list("Versions") + self._list("DeleteMarkers")
        return [entry["Key"] for entry in entries if entry["Key"].endswith(document_id)]

    def list_versions(self, document_id: str) -> list[dict[str, Any]]:
        """Returns the versions of this document as S3 lists them."""
        return [each for each in self._list("Versions") if each["Key"].endswith(document_id)]

    def find_promoted(self, document_id: str) -> str:
        """Returns the key of the promoted object."""
        [key] = [key for key in self.list_keys(document_id) if key.startswith("documents/")]
        return key

    def get_sha256(self, document_id: str) -> str:
        """Returns the checksum that S3 has of the promoted object, in hex."""
        key = self.find_promoted(document_id)
        head = self.s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        return base64.b64decode(head["ChecksumSHA256"]).hex()

    def wait_until_empty(self, document_id: str, prefix: str) -> None:
        """Waits until no key of this document is left below `prefix`, because a delete follows the change of state."""
        wait_until(
            lambda: not any(key.startswith(prefix) for key in self.list_keys(document_id)),
            f"nothing of {document_id} is left in {prefix or 'the bucket'}",
        )

    def remove_large_objects(self) -> None:
        """Deletes objects above 32 MiB and aborts every multipart upload, because the emulator keeps bytes in memory."""
        for upload in self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []):
            self.s3.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        for version in self._list("Versions"):
            if version["Size"] > _LARGE:
                self.s3.delete_object(Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"])

    def _list(self, entries: str) -> list[dict[str, Any]]:
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
        return [entry for page in pages for entry in page.get(entries, [])]
