"""The item USAGE: what an owner holds and has created today, and when somebody must look at the owner's open uploads.

    charged_bytes, open_uploads   what is held now. Uploads may be counted that have ended: of an end that changes no charge it hears
                                  after the record has changed, or never, should a function die in between
    created                       creates since ever, so that a count can tell whether one came meanwhile
    files#{date}, bytes#{date}    files and bytes created on a day of UTC
    due_shard, next_check_at             the owner's entry in the index `due`: not later than any open upload of the owner is due
    oldest_open                    no upload that was created earlier (epoch seconds) is open

One entry an owner, not one a document: a create finds it there already, and no later write of an upload touches the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.items import Item, from_item, shard, to_item
from functions.domain.document import Document
from functions.domain.effects import LEASE
from functions.domain.ids import uuid7_time
from functions.domain.quota import Limits, Usage

USAGE = "USAGE"
_FILES, _BYTES = "files#", "bytes#"

_SKEW = timedelta(hours=1)
"""More than the clocks of two functions differ, and than a create takes."""
_NAMES = {"#reserved": "reserved_bytes", "#open": "open_uploads"}


def usage_key(owner: str) -> Item:
    return to_item({"pk": owner, "sk": USAGE})


def usage_from_item(item: Item, now: datetime) -> Usage:
    held = from_item(item)
    files, size = _day(now)
    return Usage(
        reserved_bytes=held.get("reserved_bytes", 0),
        open_uploads=held.get("open_uploads", 0),
        daily_files=held.get(files, 0),
        daily_bytes=held.get(size, 0),
    )


def add(table: str, owner: str, reserved_bytes: int, open_uploads: int) -> dict[str, Any]:
    """What is opened again may be older than any visit goes back."""
    again = " REMOVE oldest_open" if open_uploads > 0 else ""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "ADD #reserved :reserved, #open :open" + again,
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": to_item({":reserved": reserved_bytes, ":open": open_uploads}),
    }


def reserve(table: str, document: Document, limits: Limits, now: datetime) -> dict[str, Any]:
    """One more open upload, within the limits. Conditions have no arithmetic: a limit less the size is computed here."""
    files, size = _day(now)
    values = {
        ":reserved": document.reserved_bytes,
        ":one": 1,
        ":size": document.size,
        ":most": limits.stored_bytes - document.size,
        ":limit": limits.open_uploads,
        ":files": limits.daily_files,
        ":bytes": limits.daily_bytes - document.size,
        ":shard": shard(document.owner),
        ":due": int(document.upload_deadline.timestamp()),
    }
    return {
        "TableName": table,
        "Key": usage_key(document.owner),
        "UpdateExpression": "ADD #reserved :reserved, #open :one, created :one, #files :one, #bytes :size"
        " SET due_shard = if_not_exists(due_shard, :shard), next_check_at = if_not_exists(next_check_at, :due)",
        "ConditionExpression": "attribute_not_exists(pk) OR (#reserved <= :most AND #open < :limit AND"
        " (attribute_not_exists(#files) OR (#files < :files AND #bytes <= :bytes)))",
        "ExpressionAttributeNames": _NAMES | {"#files": files, "#bytes": size},
        "ExpressionAttributeValues": to_item(values),
    }


def is_due(item: Item, now: datetime) -> bool:
    """The index lags, so its entry may be of a visit that was made already."""
    next_check_at = from_item(item).get("next_check_at")
    return next_check_at is not None and next_check_at < now.timestamp()


def schedule_recount(table: str, owner: str, now: datetime) -> dict[str, Any]:
    """The next round of the janitor visits the owner, if it would not anyway."""
    return {
        "TableName": table,
        "Key": usage_key(owner),
        "UpdateExpression": "SET next_check_at = :now",
        "ConditionExpression": "next_check_at > :now",
        "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
    }


def oldest_open(item: Item) -> datetime | None:
    since = from_item(item).get("oldest_open")
    return None if since is None else datetime.fromtimestamp(since, UTC)


@dataclass(frozen=True, slots=True)
class OpenUploadsScan:
    """At an owner's documents. `moving` are all that are open, oldest first; `newest` is the id of the latest of all,
    `ended` when the last one changed that is not open.
    """

    moving: Sequence[Document]
    newest: str | None
    ended: datetime | None


def scan_open_uploads(documents: Iterable[Document]) -> OpenUploadsScan:
    """`documents` come oldest first, and may be many."""
    moving: list[Document] = []
    newest: str | None = None
    ended: datetime | None = None
    for document in documents:
        newest = document.id
        if document.is_in_progress:
            moving.append(document)
        else:
            ended = max(ended or document.updated_at, document.updated_at)
    return OpenUploadsScan(moving, newest, ended)


def write_recount(table: str, item: Item, seen: OpenUploadsScan, now: datetime) -> dict[str, Any]:
    """What a visit has found: how many uploads are open, from when on they are, and when the first of them is due.

    On condition that none was opened since `item` was read, and none closed. Where the number is not the one that is held
    it may be that an end is just being counted, as long as the function that ended it may live: then it stays, and
    the owner is visited again.
    """
    held = from_item(item)
    dues = [document.next_check_at for document in seen.moving if document.next_check_at]
    sets: list[str] = []
    values: dict[str, Any] = {":held": held["open_uploads"], ":created": held["created"]}
    if seen.ended and now < seen.ended + LEASE and held["open_uploads"] != len(seen.moving):
        dues.append(seen.ended + LEASE)
    else:
        sets.append("#open = :open")
        values[":open"] = len(seen.moving)
    oldest = seen.moving[0].id if seen.moving else seen.newest
    if oldest:
        sets.append("oldest_open = :since")
        values[":since"] = int((uuid7_time(oldest) - _SKEW).timestamp())
    if dues:
        sets.append("next_check_at = :due")
        values[":due"] = int(min(dues).timestamp())
    past = {f"#past{number}": name for number, name in enumerate(_past_days(held, now))}
    removes = [*past, *([] if dues else ["due_shard", "next_check_at"])]
    return {
        "TableName": table,
        "Key": {"pk": item["pk"], "sk": item["sk"]},
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else ""),
        "ConditionExpression": "created = :created AND #open = :held",
        "ExpressionAttributeNames": {"#open": "open_uploads"} | past,
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
