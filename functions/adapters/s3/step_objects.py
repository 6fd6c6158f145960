"""Objects for the worker of a step.

IAM actions: s3:GetObjectVersion on `staging/`; s3:PutObject on the renditions of the step; s3:ListBucket, because without it
S3 responds to a missing version with 403.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from functions.adapters.s3.errors import unavailable_when_busy, unavailable_when_missing
from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.checksums import to_base64

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3StepObjects:
    """Implements `functions.domain.storage.StepObjects`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._store = S3ObjectStore(client, bucket)

    def exists(self, key: str, version: str) -> bool:
        return self._store.head(key, version) is not None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        return self._store.read(key, version, start, length)

    def download(self, key: str, version: str, path: Path) -> None:
        with unavailable_when_busy(), unavailable_when_missing(), path.open("wb") as file:
            response = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version)
            shutil.copyfileobj(response["Body"], file, 1 << 20)

    def put(self, key: str, path: Path, content_type: str, sha256: str) -> str:
        checksum = to_base64(sha256)
        with unavailable_when_busy(), path.open("rb") as file:
            response = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=file, ContentType=content_type, ChecksumSHA256=checksum
            )
        return response["VersionId"]
