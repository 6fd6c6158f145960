"""The bucket of the audit trail, whose objects nobody can overwrite or delete.

IAM actions: s3:PutObject and s3:GetObject on `trail/`; s3:ListBucket, to find the last object of a chain.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code
from functions.adapters.s3.errors import unavailable_when_busy, unavailable_when_missing
from functions.domain.audit_trail import PREFIX, Chain, parse_block_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONTENT_TYPE = "application/x-ndjson"


class S3Blocks:
    """Implements `functions.domain.audit_trail.BlockStore`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> bool:
        """See `BlockStore.put`. Raises Unavailable too if another write of the same key has not ended.

        A write to a bucket with Object Lock needs a checksum.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        """
        try:
            with unavailable_when_busy():
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    IfNoneMatch="*",
                    ContentType=_CONTENT_TYPE,
                    ChecksumAlgorithm="SHA256",
                )
        except ClientError as error:
            if error_code(error) != "PreconditionFailed":
                raise
            return False
        return True

    def get(self, key: str) -> tuple[bytes, datetime]:
        with unavailable_when_busy(), unavailable_when_missing():
            response = self._client.get_object(Bucket=self._bucket, Key=key)
            return response["Body"].read(), response["LastModified"]

    def find_last_key(self, chain: Chain, after: str) -> str | None:
        """See `BlockStore.find_last_key`. Keys that no writer writes do not count."""
        last = None
        for key in self._list(f"{PREFIX}{chain}/", after):
            last = key if parse_block_key(key) else last
        return last

    def _list(self, prefix: str, after: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, StartAfter=after
        )
        with unavailable_when_busy():
            for page in pages:
                yield from (each["Key"] for each in page.get("Contents", []))
