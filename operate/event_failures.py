"""The bucket of changes that could not be published: objects that Lambda writes, each with a batch of stream records.

The key of an object is `aws/lambda/{mapping}/{shard}/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-{random}`, and its field `payload` is the event
of the function as a JSON string.
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from functions.adapters.dynamodb.attributes import from_item
from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.records import Record
from operate.stored import StoredObjects, StoredVersion

PREFIX = "aws/lambda/"
OUTPUT = "EventFailures"
"""The output of a stack with events that names the bucket."""

StreamRecord = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """One object, with the records of its batch in the order of the stream. `content` is the whole object."""

    version: StoredVersion
    content: dict[str, Any]
    records: Sequence[StreamRecord]


@dataclass(frozen=True)
class EventFailures:
    """The objects of the bucket. Each method raises OperateError."""

    objects: StoredObjects

    @classmethod
    def of(cls, deployment: Deployment) -> "EventFailures | None":
        """Returns None for a deployment without events."""
        bucket = deployment.outputs.get(OUTPUT)
        return cls(StoredObjects(deployment.client("s3"), bucket)) if bucket else None

    def list(self) -> Iterator[Failure]:
        """Yields the objects, oldest first, so that changes keep their order. IAM action: s3:GetObjectVersion."""
        for version in sorted(self._list_versions(), key=lambda each: each.key.rpartition("/")[2]):
            yield self._read(version)

    def count(self) -> int:
        """Returns the number of objects. IAM action: s3:ListBucketVersions."""
        return sum(1 for _ in self._list_versions())

    def list_owner(self, owner: str) -> Iterator[Record]:
        """Yields the documents of an owner as the records of the stream have them."""
        for failure in self.list():
            yield from (read_document(record) for record in failure.records if owner_of(record) == owner)

    def erase_owner(self, owner: str) -> int:
        """Removes the records of an owner from every object. Returns their number."""
        return sum(self.remove_owner(failure, owner) for failure in self.list())

    def delete(self, failure: Failure) -> None:
        self.objects.delete([failure.version])

    def remove_owner(self, failure: Failure, owner: str) -> int:
        """Removes the records of an owner from an object. Returns their number. IAM action: s3:PutObject."""
        kept = [record for record in failure.records if owner_of(record) != owner]
        if len(kept) == len(failure.records):
            return 0
        if kept:
            self._put(failure, kept)
        self.delete(failure)
        return len(failure.records) - len(kept)

    def _put(self, failure: Failure, records: Sequence[StreamRecord]) -> None:
        """Writes the records under another key, because a delete of the object would delete them in an unversioned bucket."""
        content = failure.content | {"payload": json.dumps({"Records": records})}
        key = f"{failure.version.key}-{secrets.token_hex(4)}"
        with translate_errors():
            self.objects.client.put_object(
                Bucket=self.objects.bucket, Key=key, Body=json.dumps(content).encode()
            )

    def _list_versions(self) -> Iterator[StoredVersion]:
        return (each for each in self.objects.list_versions([PREFIX]) if each.size is not None)

    def _read(self, version: StoredVersion) -> Failure:
        with translate_errors():
            body = self.objects.client.get_object(
                Bucket=self.objects.bucket, Key=version.key, VersionId=version.version_id
            )["Body"].read()
        try:
            content = json.loads(body)
            return Failure(version, content, json.loads(content["payload"])["Records"])
        except (ValueError, KeyError, TypeError) as error:
            raise OperateError(f"{version.key} is no batch of changes: {error!r}") from error


def read_document(record: StreamRecord) -> Record:
    """Returns the plain values of the item that was written."""
    return from_item(record["dynamodb"]["NewImage"])


def owner_of(record: StreamRecord) -> str:
    """Returns the owner key of a record's item."""
    return str(record["dynamodb"]["Keys"]["pk"]["S"])
