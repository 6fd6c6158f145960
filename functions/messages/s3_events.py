"""S3's notifications as they come through SQS, tolerant of every version of their schema.

An event is a hint: where it points is used, what it says about the object is not.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """`version` is None when the bucket is not versioned, which this stack's always is."""

    bucket: str
    key: str
    version: str | None


def parse(body: str) -> Iterator[ObjectCreated]:
    """The created objects of one message; none for S3's test event and for events of other kinds.

    Raises ValueError for a message that is no notification at all.
    """
    message = _json(body)
    if not isinstance(message, dict):
        raise ValueError("not an S3 notification")  # noqa: TRY004 - one error for one fault
    if message.get("Event") == "s3:TestEvent":
        return
    records = message.get("Records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError("an S3 notification without Records")
    for record in records:
        if str(record.get("eventName", "")).removeprefix("s3:").startswith("ObjectCreated:"):
            yield _created(record)


def first_key(body: str) -> str:
    """The key of the first object that a message tells of; of one that cannot be read, the message itself."""
    try:
        return next((created.key for created in parse(body)), body)
    except ValueError:
        return body


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested without end") from error


def _created(record: dict[str, Any]) -> ObjectCreated:
    match record:
        case {"s3": {"bucket": {"name": str(bucket)}, "object": {"key": str(key), **more}}}:
            version = more.get("versionId")
        case _:
            raise ValueError("an S3 record without bucket or key")
    if not isinstance(version, str | None):
        raise ValueError("a version that is none")  # noqa: TRY004
    # Form-encoded: a space is a plus.
    return ObjectCreated(bucket, unquote_plus(key), None if version == "null" else version)
