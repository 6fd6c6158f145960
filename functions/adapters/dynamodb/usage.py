"""The item USAGE: the usage and the daily counters of an owner, and the time of the next recount of open uploads.

    reserved_bytes, open_uploads  current usage. `open_uploads` may be too high: when the bytes of an upload arrive, it is
                                  decremented after the document is written, or never if the function dies
    created                       number of all creates, by which a recount notices concurrent creates
    recounts, recount             number of writes of recounts, and the place of one that has not ended (recounts.py)
    files#{date}, bytes#{date}    files and bytes created on a UTC day
    tat                           epoch microseconds; the state of the rate of creates (domain/rate.py)
    rejected#{date}               files rejected on a UTC day
    blocked_at, blocked_for       RFC 3339 time since when the owner may create nothing, and why
    due_shard, next_check_at      the owner's entry in the index `due`, no later than any open upload is due
    oldest_open                   epoch seconds; no document created earlier is an open upload, or in its first attempt

The index has one entry per owner instead of one per document. A create finds the entry in place, and no later write of
an upload changes the index.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import SCHEMA_VERSION, due_shard, read_item
from functions.adapters.dynamodb.rates import rate_expressions, read_time
from functions.domain.document import Document
from functions.domain.quota import Limits, Usage
from functions.domain.suspicion import DayCounter

USAGE = "USAGE"
_FILES, _BYTES, REJECTED = "files#", "bytes#", "rejected#"
DAY_COUNTERS = {
    "files": DayCounter.CREATES,
    "bytes": DayCounter.BYTES,
    "rejected": DayCounter.REJECTIONS,
}
"""Name of an attribute up to its `#` -> the counter."""

_NAMES = {"#reserved": "reserved_bytes", "#open": "open_uploads"}
RECHECK = timedelta(hours=1)
"""Longest time until the next recount of an owner with open uploads. Every upload has at least as long, see deadlines.py."""

_SET_VERSION = "v = if_not_exists(v, :version)"


def usage_key(owner: str) -> Item:
    return to_item({"pk": owner, "sk": USAGE})


def usage_from_item(item: Item, now: datetime) -> Usage:
    """Returns the usage with the counters of the UTC day of `now`. Raises SchemaVersionError."""
    values = read_item(item)
    files, size = _daily_counters(now)
    return Usage(
        reserved_bytes=values.get("reserved_bytes", 0),
        open_uploads=values.get("open_uploads", 0),
        daily_files=values.get(files, 0),
        daily_bytes=values.get(size, 0),
        tat=read_time(values.get("tat")),
        is_blocked="blocked_at" in values,
    )


def add(
    table: str,
    owner: str,
    reserved_bytes: int,
    open_uploads: int,
    rejected_at: datetime | None = None,
    created: tuple[datetime, int] | None = None,
) -> dict[str, Any]:
    """Returns the update that adds to the usage, and one to the rejections of the day of `rejected_at`.

    `created` is the time of a create and the bytes to add to those of its day.
    """
    values = {":reserved": reserved_bytes, ":open": open_uploads, ":version": SCHEMA_VERSION}
    added, names = "#reserved :reserved, #open :open", _NAMES
    if created is not None:
        added, names = f"{added}, #bytes :bytes", names | {"#bytes": _BYTES + to_date(created[0])}
        values[":bytes"] = created[1]
    if rejected_at is not None:
        added, names = f"{added}, #rejected :one", names | {"#rejected": REJECTED + to_date(rejected_at)}
        values[":one"] = 1
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": f"ADD {added} SET {_SET_VERSION}",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_item(values),
    }


def block(table: str, owner: str, reason: str, now: datetime) -> dict[str, Any]:
    """Returns the update that blocks the creates of an owner. A repeat keeps the time and the reason of the first.

    It adds 0 to the usage, because the condition of a create reads these attributes of an item that exists.
    """
    values = {":zero": 0, ":now": now.isoformat(), ":reason": reason, ":version": SCHEMA_VERSION}
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": f"ADD #reserved :zero, #open :zero SET {_SET_VERSION},"
        " blocked_at = if_not_exists(blocked_at, :now), blocked_for = if_not_exists(blocked_for, :reason)",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": to_item(values),
    }


def unblock(table: str, owner: str) -> dict[str, Any]:
    """Returns the update that ends the block, on condition that the owner is blocked."""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "REMOVE blocked_at, blocked_for",
        "ConditionExpression": "attribute_exists(blocked_at)",
    }


def add_daily_bytes(table: str, owner: str, size: int, now: datetime) -> dict[str, Any]:
    """Returns the update that adds to the bytes of the day."""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": f"ADD #bytes :size SET {_SET_VERSION}",
        "ExpressionAttributeNames": {"#bytes": _daily_counters(now)[1]},
        "ExpressionAttributeValues": to_item({":size": size, ":version": SCHEMA_VERSION}),
    }


def reserve(
    table: str, documents: Sequence[Document], limits: Limits, tat: datetime | None, now: datetime
) -> dict[str, Any]:
    """Returns the update that adds the open uploads of one owner, on condition that the limits allow all of them.

    DynamoDB's conditions have no arithmetic, so the limits less the new uploads are computed here. `tat` is a lower bound
    of the owner's TAT, which chooses the form of the rate. If that is the wrong one, the condition fails.
    """
    files, bytes_ = _daily_counters(now)
    count, size = len(documents), sum(document.size for document in documents)
    owner = documents[0].owner
    values = {
        ":reserved": sum(document.reserved_bytes for document in documents),
        ":count": count,
        ":size": size,
        ":max_reserved": limits.stored_bytes - size,
        ":max_open": limits.open_uploads - count,
        ":max_files": limits.daily_files - count,
        ":max_bytes": limits.daily_bytes - size,
        ":shard": due_shard(owner),
        ":due": int(min(now + RECHECK, *(document.upload_deadline for document in documents)).timestamp()),
        ":version": SCHEMA_VERSION,
    }
    step, condition, times = rate_expressions(limits.creates, tat, count, now)
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "ADD #reserved :reserved, #open :count, created :count, #files :count, #bytes :size"
        f" SET {_SET_VERSION}, due_shard = if_not_exists(due_shard, :shard),"
        f" next_check_at = if_not_exists(next_check_at, :due), {step}",
        "ConditionExpression": f"attribute_not_exists(blocked_at) AND {condition} AND (attribute_not_exists(pk) OR (#reserved <= :max_reserved AND"
        " #open <= :max_open AND (attribute_not_exists(#files) OR #files <= :max_files) AND"
        " (attribute_not_exists(#bytes) OR #bytes <= :max_bytes)))",
        "ExpressionAttributeNames": _NAMES | {"#files": files, "#bytes": bytes_},
        "ExpressionAttributeValues": to_item(values | times),
    }


def is_due(item: Item, now: datetime) -> bool:
    """Returns True if a recount is due. The index lags, so its entry may belong to an earlier recount."""
    next_check_at = read_item(item).get("next_check_at")
    return next_check_at is not None and next_check_at < now.timestamp()


def schedule_recount(table: str, owner: str, now: datetime) -> dict[str, Any]:
    """Returns the update that makes the next sweep recount the owner, on condition that it would not do so already."""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "SET next_check_at = :now",
        "ConditionExpression": "next_check_at > :now",
        "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
    }


def oldest_open(item: Item) -> datetime | None:
    """Returns the time before which no open upload was created, or None if it is unknown."""
    seconds = read_item(item).get("oldest_open")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _daily_counters(now: datetime) -> tuple[str, str]:
    """Returns the names of the counters (files, bytes) of the UTC day of `now`."""
    date = to_date(now)
    return _FILES + date, _BYTES + date


def to_date(time: datetime) -> str:
    """Returns the UTC day of a time."""
    return time.astimezone(UTC).date().isoformat()


def list_expired_counters(stored: Mapping[str, Any], now: datetime) -> list[str]:
    """Returns the counters of past days except yesterday's, because another clock may still be before midnight."""
    days = (to_date(now), to_date(now - timedelta(days=1)))
    counters = (_FILES, _BYTES, REJECTED)
    return sorted(name for name in stored if name.startswith(counters) and not name.endswith(days))
