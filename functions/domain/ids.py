"""Document ids: UUIDv7 (RFC 9562), so that a list sorted by id is sorted by time."""

import re
import uuid
from datetime import UTC, datetime

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def uuid7(now: datetime, randomness: bytes) -> str:
    """48 bits of milliseconds since 1970, then 74 of the 80 bits in `randomness` (10 bytes)."""
    milliseconds = int(now.timestamp() * 1000)
    value = milliseconds << 80 | int.from_bytes(randomness[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def uuid7_time(document_id: str) -> datetime:
    """When it was made, to the millisecond, in UTC."""
    milliseconds = uuid.UUID(document_id).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def is_document_id(text: str) -> bool:
    """Whether `text` has the one spelling that `uuid7` gives: lower case, with hyphens."""
    return _UUID7.fullmatch(text) is not None
