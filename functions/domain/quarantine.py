"""Infected bytes that are kept for an analyst, outside of the prefixes that clients may read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class QuarantinedVersion:
    """A version under `quarantine/`. `sha256` is lower-case hex. S3 deletes the version after `until`."""

    version: str
    sha256: str | None
    until: datetime
