"""The audit trail as an auditor reads it: every version in its bucket, the lock of each, and the heads in the table."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.chain_heads import AUDIT, head_from_item
from functions.domain.audit_trail import Chain, Head, parse_block_key
from functions.domain.audit_verification import ListedVersion, StoredBlock
from operate.aws_calls import error_code, translate_errors
from operate.deployment import Deployment

_CONCURRENCY = 8
_NO_BUCKET_LOCK = "ObjectLockConfigurationNotFoundError"


@dataclass(frozen=True, slots=True)
class BucketLock:
    """The default lock of the bucket. None without one."""

    mode: str | None
    days: int | None


@dataclass(frozen=True)
class Trail:
    """The trail of a deployment. Each method raises OperateError."""

    s3: Any
    dynamodb: Any
    bucket: str
    table: str

    @classmethod
    def of(cls, deployment: Deployment) -> "Trail":
        return cls(
            deployment.client("s3"),
            deployment.client("dynamodb"),
            deployment.output("AuditBucket"),
            deployment.table,
        )

    def list_versions(self) -> list[ListedVersion]:
        """Returns every version and delete marker of the bucket. IAM action: s3:ListBucketVersions."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
        with translate_errors():
            return [each for page in pages for each in _read_page(page)]

    def read_blocks(self, listed: Sequence[ListedVersion], chain: Chain) -> Iterator[StoredBlock]:
        """Yields the oldest version of each object of a chain, in the order of their keys."""
        hidden = {each.key for each in listed if each.is_delete_marker and each.is_latest}
        oldest: dict[str, ListedVersion] = {}
        # S3 lists the versions of a key from the newest to the oldest, and its times are whole seconds.
        in_order = [*reversed(listed)]
        in_order.sort(key=lambda each: (each.key, each.written_at))
        for each in in_order:
            if not each.is_delete_marker and _is_of(each.key, chain):
                oldest.setdefault(each.key, each)
        versions = list(oldest.values())
        with ThreadPoolExecutor(_CONCURRENCY) as pool:
            # A few at a time, because a trail may have more than fits into memory.
            for start in range(0, len(versions), _CONCURRENCY):
                batch = versions[start : start + _CONCURRENCY]
                yield from pool.map(lambda each: self._read(each, each.key in hidden), batch)

    def find_head(self, chain: Chain) -> Head:
        """IAM action: dynamodb:GetItem."""
        key = to_item({"pk": AUDIT, "sk": chain.value})
        with translate_errors():
            found = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return head_from_item(found["Item"]) if "Item" in found else Head()

    def read_bucket_lock(self) -> BucketLock:
        """IAM action: s3:GetBucketObjectLockConfiguration."""
        with translate_errors():
            try:
                answer = self.s3.get_object_lock_configuration(Bucket=self.bucket)
            except ClientError as error:
                if error_code(error) != _NO_BUCKET_LOCK:
                    raise
                return BucketLock(None, None)
        retention = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
        return BucketLock(retention.get("Mode"), retention.get("Days"))

    def _read(self, listed: ListedVersion, is_hidden: bool) -> StoredBlock:
        """IAM actions: s3:GetObjectVersion, and s3:GetObjectRetention, without which S3 does not say how it is locked.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        """
        with translate_errors():
            answer = self.s3.get_object(Bucket=self.bucket, Key=listed.key, VersionId=listed.version)
            body = answer["Body"].read()
        return StoredBlock(
            key=listed.key,
            body=body,
            written_at=answer["LastModified"],
            lock_mode=answer.get("ObjectLockMode"),
            locked_until=answer.get("ObjectLockRetainUntilDate"),
            is_hidden=is_hidden,
        )


def list_written_since(listed: Sequence[ListedVersion], since: datetime | None) -> list[ListedVersion]:
    """Returns what was written at that time or later. A record is never newer than its object."""
    return [each for each in listed if since is None or each.written_at >= since]


def _read_page(page: dict[str, Any]) -> Iterator[ListedVersion]:
    for name, is_marker in (("Versions", False), ("DeleteMarkers", True)):
        for entry in page.get(name, []):
            yield ListedVersion(
                key=entry["Key"],
                version=entry["VersionId"],
                written_at=entry["LastModified"],
                is_delete_marker=is_marker,
                is_latest=entry["IsLatest"],
            )


def _is_of(key: str, chain: Chain) -> bool:
    parsed = parse_block_key(key)
    return parsed is not None and parsed[0] is chain
