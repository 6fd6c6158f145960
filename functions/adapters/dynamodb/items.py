"""Conversion between documents and DynamoDB items. Times are RFC 3339 text; None and what is empty are absent attributes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.attributes import AttributeValue, Item, from_item, to_item
from functions.adapters.dynamodb.step_maps import step_from_map, step_to_map
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.repository import DUE_SHARDS, FAILED_SHARDS
from functions.domain.rescans import RescanVerdict

SCHEMA_VERSION = 1
"""Version of the layout of items, stored in the attribute `v` of every item.

Increase it for a change that older code would misread, and convert items of older versions in `read_item`. Functions of
two deployments run side by side for a while and may be rolled back, so deploy code that reads a version before code
that writes it. An additional attribute that older code drops without harm, such as the actor of a history entry, needs
no new version.
"""

_VERSION = "v"

DOCUMENT_PREFIX = "DOC#"
_TIMES = (
    "created_at",
    "updated_at",
    "upload_deadline",
    "lease_until",
    "purge_after",
    "record_expires_at",
    "bytes_expire_at",
    "quarantined_until",
    "rescanned_at",
    "claim_by",
    "claimed_at",
)
WRITE_ID = "write_id"
"""Attribute with a random value of each write, because two workers may write equal records in the same microsecond."""
CHANGE = "change"
"""Attribute with the name of the change (domain/changes.py) that a write makes. Every other write removes the attribute.

A filter on the stream of the table asks for it, because a filter cannot compare two images of a record.
"""
_STORED = tuple(name for name in Document.__slots__ if name not in ("owner", "id"))
"""The fields of a document that are attributes of the same name."""


class SchemaVersionError(Exception):
    """An item has a schema version that this code cannot read, or none."""


def build_item(values: Mapping[str, Any]) -> Item:
    """Returns an item of the current schema version with these plain values (see `to_item`)."""
    return to_item({**values, _VERSION: SCHEMA_VERSION})


def read_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """Returns the plain values of an item without its schema version. Raises SchemaVersionError."""
    values = from_item(item)
    version = values.pop(_VERSION, None)
    if version != SCHEMA_VERSION:
        raise SchemaVersionError(
            f"The item {values.get('pk')} {values.get('sk')} has schema version {version};"
            f" this code reads version {SCHEMA_VERSION}."
        )
    return values


def document_key(owner: str, document_id: str) -> Item:
    return to_item({"pk": owner, "sk": DOCUMENT_PREFIX + document_id})


def document_to_item(document: Document) -> Item:
    values = {name: getattr(document, name) for name in _STORED}
    values |= {name: _format_time(values[name]) for name in _TIMES}
    values["status"] = document.status.value
    values["method"] = document.method.value
    values["rescan_verdict"] = document.rescan_verdict and document.rescan_verdict.value
    values["metadata"] = dict(document.metadata)
    values["history"] = [_entry_to_map(entry) for entry in document.history]
    values["staging_area"] = document.staging_area or None
    values["steps"] = [step_to_map(step) for step in document.steps] or None
    if document.next_check_at is not None and not is_checked_with_owner(document):
        next_check_at = int(document.next_check_at.timestamp())
        values |= {"due_shard": due_shard(document.id), "next_check_at": next_check_at}
    if (waiting := document.endless_step) is not None:
        shard = waiting_shard(waiting.name, int(due_shard(document.id)))
        values |= {"due_shard": shard, "next_check_at": int(waiting.at.timestamp())}
    if document.failed_at is not None:
        failed_at = int(document.failed_at.timestamp())
        values |= {"failed_shard": failed_shard(document.id), "failed_at": failed_at}
    if document.record_expires_at is not None:
        values["ttl"] = int(document.record_expires_at.timestamp())
    return document_key(document.owner, document.id) | build_item(values)


def document_from_item(item: Mapping[str, AttributeValue]) -> Document:
    """Drops attributes that no document of this code has, such as those of a later version. Raises SchemaVersionError."""
    found = read_item(item)
    owner, sort_key = found["pk"], found["sk"]
    values = {name: found[name] for name in _STORED if name in found}
    values |= {name: datetime.fromisoformat(values[name]) for name in _TIMES if name in values}
    values["status"] = Status(values["status"])
    if "rescan_verdict" in values:
        values["rescan_verdict"] = RescanVerdict(values["rescan_verdict"])
    values["method"] = Method(values["method"])
    values["history"] = tuple(_entry_from_map(entry) for entry in values["history"])
    values["steps"] = tuple(step_from_map(step) for step in values.get("steps", ()))
    values.setdefault("declared_sha256", None)
    return Document(owner=owner, id=sort_key.removeprefix(DOCUMENT_PREFIX), **values)


def is_checked_with_owner(document: Document) -> bool:
    """Returns True for a document that waits for its bytes or is in its first attempt, as nearly all uploads are.

    The sweep finds such a document through the entry of its owner in the index `due` (usage.py). An entry of its own
    would cost two more writes to the index, and two more to remove it.
    """
    if document.status is Status.PROCESSING:
        return document.attempt == 1 and document.lease_until is not None
    return document.status is Status.PENDING


def due_shard(random_hex: str) -> str:
    """Returns the partition of the index `due` for an owner key or a document id, by its last hex digit."""
    return _shard(random_hex, DUE_SHARDS)


def waiting_shard(step: str, shard: int) -> str:
    """Returns the partition of the index `due` for documents that wait without end. No sweep reads it.

    There, `next_check_at` is the time since when they wait.
    """
    return f"{step}#{shard}"


def failed_shard(document_id: str) -> str:
    """Returns the partition of the index `failed` by the last hex digit of the id."""
    return _shard(document_id, FAILED_SHARDS)


def _shard(random_hex: str, shards: int) -> str:
    return str(int(random_hex[-1], 16) % shards)


def _entry_to_map(entry: HistoryEntry) -> dict[str, Any]:
    values: dict[str, Any] = {"status": entry.status.value, "at": _format_time(entry.at)}
    if entry.changed:
        values["changed"] = list(entry.changed)
    if entry.actor:
        values["actor"] = entry.actor
    return values if entry.reason is None else values | {"reason": entry.reason}


def _entry_from_map(values: Mapping[str, Any]) -> HistoryEntry:
    at, changed = datetime.fromisoformat(values["at"]), tuple(values.get("changed", ()))
    return HistoryEntry(Status(values["status"]), at, values.get("reason"), changed, values.get("actor"))


def _format_time(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None
