"""The item USAGE: what an owner holds and has created today, and when somebody must look at the owner's open uploads.

    charged_bytes, open_uploads   what is held now. Uploads may be counted that have ended: of an end that changes no charge it hears
                                  after the record has changed, or never, should a function die in between
    created                       creates since ever, so that a count can tell whether one came meanwhile
    files#{date}, bytes#{date}    files and bytes created on a day of UTC
    due_shard, due_at             the owner's entry in the index `due`: not later than any open upload of the owner is due
    open_since                    no upload that was created earlier (epoch seconds) is open on its straight way

One entry an owner, not one a document: a create finds it there already, and no later write of an upload touches the index.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.items import Item, from_item, shard, to_item
from functions.core.document import Document
from functions.core.quota import Limits, Usage

USAGE = "USAGE"
_FILES, _BYTES = "files#", "bytes#"

_SKEW = timedelta(hours=1)
"""More than the clocks of two functions differ, and than a create takes."""
_NAMES = {"#charged": "charged_bytes", "#open": "open_uploads"}


def usage_key(owner: str) -> Item:
    return to_item({"pk": owner, "sk": USAGE})


def usage_from_item(item: Item, now: datetime) -> Usage:
    held = from_item(item)
    files, size = _day(now)
    return Usage(
        charged_bytes=held.get("charged_bytes", 0),
        open_uploads=held.get("open_uploads", 0),
        daily_files=held.get(files, 0),
        daily_bytes=held.get(size, 0),
    )


def add(table: str, owner: str, charged: int, open_uploads: int) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "ADD #charged :charged, #open :open",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": to_item({":charged": charged, ":open": open_uploads}),
    }


def reserve(table: str, document: Document, limits: Limits, now: datetime) -> dict[str, Any]:
    """One more open upload, within the limits. Conditions have no arithmetic: a limit less the size is computed here."""
    files, size = _day(now)
    values = {
        ":charged": document.charged,
        ":one": 1,
        ":size": document.size,
        ":most": limits.stored_bytes - document.size,
        ":limit": limits.open_uploads,
        ":files": limits.daily_files,
        ":bytes": limits.daily_bytes - document.size,
        ":shard": shard(document.owner),
        ":due": int(document.deadline.timestamp()),
    }
    return {
        "TableName": table,
        "Key": usage_key(document.owner),
        "UpdateExpression": "ADD #charged :charged, #open :one, created :one, #files :one, #bytes :size"
        " SET due_shard = if_not_exists(due_shard, :shard), due_at = if_not_exists(due_at, :due)",
        "ConditionExpression": "attribute_not_exists(pk) OR (#charged <= :most AND #open < :limit AND"
        " (attribute_not_exists(#files) OR (#files < :files AND #bytes <= :bytes)))",
        "ExpressionAttributeNames": _NAMES | {"#files": files, "#bytes": size},
        "ExpressionAttributeValues": to_item(values),
    }


def is_due(item: Item, now: datetime) -> bool:
    """The index lags, so its entry may be of a visit that was made already."""
    due_at = from_item(item).get("due_at")
    return due_at is not None and due_at < now.timestamp()


def hasten(table: str, owner: str, now: datetime) -> dict[str, Any]:
    """The next round of the janitor visits the owner, if it would not anyway."""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "SET due_at = :now",
        "ConditionExpression": "due_at > :now",
        "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
    }


def open_since(item: Item) -> datetime | None:
    since = from_item(item).get("open_since")
    return None if since is None else datetime.fromtimestamp(since, UTC)


def settle(table: str, item: Item, seen: Sequence[Document], now: datetime) -> dict[str, Any]:
    """What a visit has found: how many uploads are open, from when on they are, and when the first of them is due.

    `seen` are, oldest first, all that are open, and the newest of those that are not. On condition that none was opened
    since `item` was read, and none closed.
    """
    held, moving = from_item(item), [document for document in seen if document.is_moving]
    values: dict[str, Any] = {
        ":open": len(moving),
        ":held": held["open_uploads"],
        ":created": held["created"],
    }
    sets, removes, names = ["#open = :open"], [], {"#open": "open_uploads"}
    if seen:
        sets.append("open_since = :since")
        values[":since"] = int((seen[0].created_at - _SKEW).timestamp())
    if moving:
        sets.append("due_at = :due")
        values[":due"] = min(int(document.due_at.timestamp()) for document in moving if document.due_at)
    else:
        removes += ["due_shard", "due_at"]
    for number, name in enumerate(_past_days(held, now)):
        names[f"#past{number}"] = name
        removes.append(f"#past{number}")
    return {
        "TableName": table,
        "Key": {"pk": item["pk"], "sk": item["sk"]},
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else ""),
        "ConditionExpression": "created = :created AND #open = :held",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_item(values),
    }


def _day(now: datetime) -> tuple[str, str]:
    """The attributes that count the day."""
    date = now.astimezone(UTC).date().isoformat()
    return _FILES + date, _BYTES + date


def _past_days(held: Mapping[str, Any], now: datetime) -> list[str]:
    """Not yesterday: around midnight a clock may still be there."""
    kept = [*_day(now), *_day(now - timedelta(days=1))]
    return sorted(name for name in held if name.startswith((_FILES, _BYTES)) and name not in kept)
