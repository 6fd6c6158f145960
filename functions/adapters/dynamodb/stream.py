"""Records of the table's stream, as Lambda delivers them. The stream carries the new image of each item."""

from collections.abc import Mapping
from typing import Any

from functions.adapters.dynamodb.items import CHANGE, document_from_item
from functions.domain.changes import Change
from functions.domain.document_events import RecordedChange


def read_record(record: Mapping[str, Any]) -> RecordedChange | None:
    """Returns the change that a record reports, None for a write that tells subscribers nothing. Raises SchemaVersionError."""
    written = record["dynamodb"]
    image = written.get("NewImage", {})
    if CHANGE not in image:
        return None
    return RecordedChange(written["SequenceNumber"], Change(image[CHANGE]["S"]), document_from_item(image))
