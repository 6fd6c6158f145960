"""Object keys: opaque, so no file name and no claim ever reaches S3's logs or a URL."""

import hashlib
import re
from typing import NamedTuple

STAGING, DOCUMENTS = "staging/", "documents/"
"""With the slash: without it a listing would also hold `staging2/`."""

_RECORD = re.compile(
    r"(?P<owner>[0-9a-f]{32})/"
    r"(?P<document_id>[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
)


class RecordKey(NamedTuple):
    owner: str
    document_id: str


def owner_key(claim: str) -> str:
    """128 bits of the claim's hash: random enough to spread S3's partitions, and it names nobody."""
    return hashlib.sha256(claim.encode()).hexdigest()[:32]


def staging_key(owner: str, document_id: str) -> str:
    return f"{STAGING}{owner}/{document_id}"


def documents_key(owner: str, document_id: str) -> str:
    return f"{DOCUMENTS}{owner}/{document_id}"


def parse_staging_key(key: str) -> RecordKey | None:
    """The record a staged object belongs to, or None for a key that this service never signs."""
    return _parse(STAGING, key)


def parse_documents_key(key: str) -> RecordKey | None:
    """The record a promoted object belongs to, or None for a key that this service never writes."""
    return _parse(DOCUMENTS, key)


def _parse(prefix: str, key: str) -> RecordKey | None:
    match = _RECORD.fullmatch(key.removeprefix(prefix)) if key.startswith(prefix) else None
    return RecordKey(**match.groupdict()) if match else None
