"""A document as a DynamoDB item and back. Times are RFC 3339 text, absent values are absent attributes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.domain.document import Document, HistoryEntry, Method, Status

AttributeValue = Mapping[str, Any]
"""A value under its type, as the API writes it: `{"S": "text"}`, `{"N": "1"}`."""

Item = dict[str, AttributeValue]

DOCUMENT_PREFIX = "DOC#"
DUE_SHARDS = 8
_TIMES = ("created_at", "updated_at", "upload_deadline", "lease_until", "purge_after", "record_expires_at")
_DERIVED = ("due_shard", "next_check_at", "ttl")


def to_item(values: Mapping[str, Any]) -> Item:
    """Plain values (str, int, bool, list, dict) to attribute values; None is left out."""
    return {name: _serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """Attribute values to plain ones. Every number of this table is whole."""
    return {name: _deserialize(value) for name, value in item.items()}


def _serialize(value: Any) -> AttributeValue:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [_serialize(entry) for entry in value]}
        case dict():
            return {"M": {name: _serialize(entry) for name, entry in value.items()}}
    raise TypeError(f"no attribute holds a {type(value).__name__}")


def _deserialize(value: AttributeValue) -> Any:
    [(kind, held)] = value.items()
    match kind:
        case "S" | "BOOL":
            return held
        case "N":
            return int(held)
        case "L":
            return [_deserialize(entry) for entry in held]
        case "M":
            return from_item(held)
    raise TypeError(f"no attribute here is a {kind}")


def document_key(owner: str, document_id: str) -> Item:
    return to_item({"pk": owner, "sk": DOCUMENT_PREFIX + document_id})


def document_to_item(document: Document) -> Item:
    values = {name: getattr(document, name) for name in Document.__slots__ if name not in ("owner", "id")}
    values |= {name: _time_out(values[name]) for name in _TIMES}
    values["status"] = document.status.value
    values["method"] = document.method.value
    values["metadata"] = dict(document.metadata)
    values["history"] = [_entry_to_map(step) for step in document.history]
    if document.next_check_at is not None and not is_checked_with_owner(document):
        values |= {"due_shard": shard(document.id), "next_check_at": int(document.next_check_at.timestamp())}
    if document.record_expires_at is not None:
        values["ttl"] = int(document.record_expires_at.timestamp())
    return document_key(document.owner, document.id) | to_item(values)


def document_from_item(item: Mapping[str, AttributeValue]) -> Document:
    values = from_item(item)
    owner, sort_key = values.pop("pk"), values.pop("sk")
    for name in _DERIVED:
        values.pop(name, None)
    values |= {name: _time_in(values[name]) for name in _TIMES if name in values}
    values["status"] = Status(values["status"])
    values["method"] = Method(values["method"])
    values["history"] = tuple(_entry_from_map(step) for step in values["history"])
    values.setdefault("declared_sha256", None)
    return Document(owner=owner, id=sort_key.removeprefix(DOCUMENT_PREFIX), **values)


def is_checked_with_owner(document: Document) -> bool:
    """As nearly all are: waiting for its bytes, or worked on for the first time.

    It needs no entry of its own in the index `due`, which would be written twice and deleted twice: its owner has one.
    """
    if document.status is Status.PROCESSING:
        return document.attempt == 1 and document.lease_until is not None
    return document.status is Status.PENDING


def shard(random_hex: str) -> str:
    """By the last digit; one partition of the index takes 1,000 writes a second, eight take more."""
    return str(int(random_hex[-1], 16) % DUE_SHARDS)


def _entry_to_map(step: HistoryEntry) -> dict[str, Any]:
    entry = {"status": step.status.value, "at": _time_out(step.at)}
    return entry if step.reason is None else entry | {"reason": step.reason}


def _entry_from_map(entry: Mapping[str, Any]) -> HistoryEntry:
    return HistoryEntry(Status(entry["status"]), datetime.fromisoformat(entry["at"]), entry.get("reason"))


def _time_out(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def _time_in(text: str) -> datetime:
    return datetime.fromisoformat(text)
