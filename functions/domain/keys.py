"""Object keys. They are opaque, so that S3's logs and URLs contain neither file names nor claims."""

import hashlib
import re
from typing import NamedTuple

from functions.domain.ids import UUID7_PATTERN

STAGING, DOCUMENTS, RENDITIONS, QUARANTINE = "staging/", "documents/", "renditions/", "quarantine/"
"""Key prefixes, with a trailing slash because a listing of `staging` would include `staging2/`."""

SCAN_AREA = "scan/"
"""Part of `staging/` for kinds that list the step `scan`, so that a malware scanner is billed for nothing else."""

_DOCUMENT = re.compile(rf"(?P<owner>[0-9a-f]{{32}})/(?P<document_id>{UUID7_PATTERN})")


class DocumentKey(NamedTuple):
    """The owner key and the id of a document."""

    owner: str
    document_id: str


def owner_key(claim: str) -> str:
    """Returns the owner key: 128 bits of the claim's SHA-256 as 32 hex digits.

    A hash does not reveal the claim, and distributes the keys over S3's partitions.
    """
    return hashlib.sha256(claim.encode()).hexdigest()[:32]


def staging_key(owner: str, document_id: str, area: str = "") -> str:
    """`area` is the part of `staging/`, such as `SCAN_AREA`."""
    return f"{STAGING}{area}{owner}/{document_id}"


def documents_key(owner: str, document_id: str) -> str:
    return f"{DOCUMENTS}{owner}/{document_id}"


def quarantine_key(owner: str, document_id: str) -> str:
    """Returns the key of the infected bytes of a document."""
    return f"{QUARANTINE}{owner}/{document_id}"


def renditions_prefix(owner: str, document_id: str) -> str:
    """Returns the prefix of all renditions of a document."""
    return f"{RENDITIONS}{owner}/{document_id}/"


def rendition_key(owner: str, document_id: str, step: str, name: str) -> str:
    """Returns the key of the rendition `name` that the step has made of a document."""
    return f"{renditions_prefix(owner, document_id)}{step}/{name}"


def parse_staging_key(key: str) -> DocumentKey | None:
    """Returns the document of a staged object, or None for a key that this service never signs."""
    return _parse(STAGING + SCAN_AREA, key) or _parse(STAGING, key)


def parse_documents_key(key: str) -> DocumentKey | None:
    """Returns the document of a promoted object, or None for a key that this service never writes."""
    return _parse(DOCUMENTS, key)


def parse_quarantine_key(key: str) -> DocumentKey | None:
    """Returns the document of infected bytes, or None for a key that this service never writes."""
    return _parse(QUARANTINE, key)


def parse_renditions_key(key: str) -> DocumentKey | None:
    """Returns the document of a rendition, or None for a key that no step may write."""
    owner_and_id, _, rest = key.removeprefix(RENDITIONS).rpartition("/")[0].rpartition("/")
    return _parse(RENDITIONS, RENDITIONS + owner_and_id) if rest and key.startswith(RENDITIONS) else None


def _parse(prefix: str, key: str) -> DocumentKey | None:
    match = _DOCUMENT.fullmatch(key.removeprefix(prefix)) if key.startswith(prefix) else None
    return DocumentKey(**match.groupdict()) if match else None
