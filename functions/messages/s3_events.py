"""S3's event notifications in SQS messages, in every version of their schema.

An event is only a hint. Its key and version are used; size and ETag are ignored and read from S3 instead. Its
time is for metrics only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from functions.domain.json_text import parse_json
from functions.domain.keys import parse_staging_key
from functions.domain.queues import REPUBLISHED


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """One created object. `version` is None for a bucket without versioning, which the deployed bucket never is.

    `is_republished` is True for an event that a sweep or an operator has sent in place of S3's. `arrived_at` is when S3 had
    the object, for metrics only; None if the event does not say so.
    """

    bucket: str
    key: str
    version: str | None
    is_republished: bool = False
    arrived_at: datetime | None = None


def parse(body: str) -> Iterator[ObjectCreated]:
    """Yields the created objects of one message. S3's test event and events of other types yield none.

    Raises ValueError for a message that is not an S3 notification.
    """
    message = parse_json(body)
    if not isinstance(message, dict):
        raise ValueError("not an S3 notification")  # noqa: TRY004 - one error type for every malformed message
    if message.get("Event") == "s3:TestEvent":
        return
    records = message.get("Records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError("an S3 notification without Records")
    for record in records:
        if str(record.get("eventName", "")).removeprefix("s3:").startswith("ObjectCreated:"):
            yield _parse_record(record)


def first_key(body: str) -> str:
    """Returns the key of the first object of a message, or the whole body if it cannot be parsed."""
    try:
        return next((created.key for created in parse(body)), body)
    except ValueError:
        return body


def document_id_of(body: str) -> str | None:
    """Returns the id of the document of the first object of a message, None if its key is not one of a document."""
    key = parse_staging_key(first_key(body))
    return key.document_id if key else None


def is_republished(body: str) -> bool:
    """Returns True for an event that a sweep sends again while its document waits for it."""
    try:
        return any(created.is_republished for created in parse(body))
    except ValueError:
        return False


def _parse_record(record: dict[str, Any]) -> ObjectCreated:
    match record:
        case {"s3": {"bucket": {"name": str(bucket)}, "object": {"key": str(key), **more}}}:
            version = more.get("versionId")
        case _:
            raise ValueError("an S3 record without bucket or key")
    if not isinstance(version, str | None):
        raise ValueError("a version id that is not a string")  # noqa: TRY004
    # The key is form-encoded: a plus is a space.
    is_republished = record["eventName"] == REPUBLISHED
    version = None if version == "null" else version
    return ObjectCreated(
        bucket, unquote_plus(key), version, is_republished, _parse_time(record.get("eventTime"))
    )


def _parse_time(value: object) -> datetime | None:
    """Returns None for a time that cannot be read, because no upload may fail for a metric."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else None
