"""The chains of the audit trail. A chain is a sequence of objects, each of which names the SHA-256 of the one before.

An object is NDJSON: a line about the object itself, then a line for each record. Its key has the chain and the sequence number,
so that two writers of one number meet at the same key.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from functions.domain.audit_record import AuditRecord
from functions.domain.times import format_rfc3339

PREFIX = "trail/"
SCHEMA_VERSION = 1
NO_HASH = "0" * 64
"""The hash before the first object of a chain."""
_KEY = re.compile(rf"{PREFIX}(?P<chain>[a-z]+)/(?P<sequence>[0-9]{{12}})\.ndjson")


class Chain(StrEnum):
    """A chain for each source of records, with a queue of its own, so that no source can speak for the other."""

    CHANGES = "changes"
    """Changes of documents, from the event bus."""
    REQUESTS = "requests"
    """Refused and failed requests, updates of details and granted downloads, from the functions of the API."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last object of a chain: its number, the SHA-256 of its bytes in hex, its time, and the days for which it is locked.

    Without arguments it is the head of a chain without objects.
    """

    sequence: int = 0
    sha256: str = NO_HASH
    at: datetime | None = None
    retention_days: int = 0

    @property
    def kept_until(self) -> datetime | None:
        """The time from which the object may be gone."""
        return self.at + timedelta(days=self.retention_days) if self.at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One object of a chain. `previous` is the object before, `retention_days` the days for which it is locked."""

    chain: Chain
    sequence: int
    previous: str
    previous_at: datetime | None
    at: datetime
    retention_days: int
    records: tuple[AuditRecord, ...]

    @property
    def key(self) -> str:
        return block_key(self.chain, self.sequence)

    def to_bytes(self) -> bytes:
        """Returns the object. Equal blocks have equal bytes."""
        header = {
            "schemaVersion": SCHEMA_VERSION,
            "chain": self.chain.value,
            "sequence": self.sequence,
            "previous": self.previous,
            "previousAt": format_rfc3339(self.previous_at) if self.previous_at else None,
            "at": format_rfc3339(self.at),
            "retentionDays": self.retention_days,
            "records": len(self.records),
        }
        lines = [header, *(record.to_json() for record in self.records)]
        return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()


class BlockStore(Protocol):
    """The bucket of the trail, as its writer sees it."""

    def put(self, key: str, body: bytes) -> bool:
        """Writes an object under a new key. Returns False if the key is taken. Raises Unavailable."""

    def get(self, key: str) -> tuple[bytes, datetime]:
        """Returns the bytes of an object and the time of its write. Raises Unavailable."""

    def find_last_key(self, chain: Chain, after: str) -> str | None:
        """Returns the last key of a chain behind a key, None if there is none. Raises Unavailable."""


class ChainHeads(Protocol):
    """The heads of the chains outside of the bucket, so that a chain whose end is cut off is noticed."""

    def get(self, chain: Chain) -> Head:
        """Returns the head, `Head()` for a chain without one. It may be behind the bucket. Raises Unavailable."""

    def advance(self, chain: Chain, head: Head) -> None:
        """Stores a head, unless a later one is stored. Raises Unavailable."""


def block_key(chain: Chain, sequence: int) -> str:
    return f"{PREFIX}{chain}/{sequence:012}.ndjson"


def parse_block_key(key: str) -> tuple[Chain, int] | None:
    """Returns chain and sequence number, None for a key that no writer writes."""
    match = _KEY.fullmatch(key)
    if match is None or match["chain"] not in [*Chain] or int(match["sequence"]) == 0:
        return None
    return Chain(match["chain"]), int(match["sequence"])


def parse_block(body: bytes) -> Block:
    """Returns the block of an object. Raises ValueError for anything but an object that a writer writes."""
    try:
        header, *lines = [json.loads(line) for line in body.decode().splitlines()]
        block = _read_header(header, [AuditRecord.from_json(line) for line in lines])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError("not an object of the audit trail") from error
    if block.to_bytes() != body:
        raise ValueError("not written by the audit trail")
    return block


def hash_block(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _read_header(header: dict[str, Any], records: Sequence[AuditRecord]) -> Block:
    previous_at = header["previousAt"]
    return Block(
        chain=Chain(header["chain"]),
        sequence=int(header["sequence"]),
        previous=str(header["previous"]),
        previous_at=datetime.fromisoformat(previous_at) if previous_at else None,
        at=datetime.fromisoformat(header["at"]),
        retention_days=int(header["retentionDays"]),
        records=tuple(records),
    )
