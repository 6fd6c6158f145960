"""Document ids. They are UUIDs of version 7 (RFC 9562), so that documents sorted by id are sorted by creation time."""

import re
import uuid
from datetime import UTC, datetime

UUID7_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""Regular expression of a UUID of version 7 in the spelling of `uuid7`: lower case, with hyphens."""


def uuid7(now: datetime, randomness: bytes) -> str:
    """Returns an id of 48 bits of milliseconds since 1970 and 74 of the 80 bits of `randomness` (10 bytes)."""
    milliseconds = int(now.timestamp() * 1000)
    value = milliseconds << 80 | int.from_bytes(randomness[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def uuid7_time(document_id: str) -> datetime:
    """Returns the creation time of an id in UTC, with a precision of one millisecond."""
    milliseconds = uuid.UUID(document_id).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def is_document_id(text: str) -> bool:
    """Returns True for what `UUID7_PATTERN` matches as a whole."""
    return re.fullmatch(UUID7_PATTERN, text) is not None
