"""Recounts of an owner's open uploads, which find a number that is too high because a decrement was lost.

A recount reads the number first and then the documents, in one or several sweeps. Every upload that the number
contains is then counted: as open, or as closed since a lease before the number was read. So what the number has above
that was lost, whatever is created or closed meanwhile, and is subtracted once. An upload that has closed within that
lease may hide a lost decrement until the next recount.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.attributes import Item, from_item, to_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, is_checked_with_owner, read_item
from functions.adapters.dynamodb.usage import RECHECK, list_expired_counters
from functions.domain.document import Document
from functions.domain.effects import LEASE
from functions.domain.ids import uuid7, uuid7_time

MAX_PAGES = 20
"""Queries of one recount in one sweep. Each reads up to 1 MB ("Query", Amazon DynamoDB Developer Guide)."""

_CLOCK_SKEW = timedelta(hours=1)
"""Upper bound of the difference between the clocks of two functions plus the duration of a create."""

_CREATED_SINCE = timedelta(minutes=1)
"""Documents that are created later than this after the start are not counted, so that a recount comes to an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """A recount that has read the documents up to the sort key `after`. Times are epoch seconds.

    `stored` and `created` are the number of open uploads and of all creates at `began_at`. `open_uploads` and `closed` are
    the uploads counted so far, `next_check_at` is when the first one that is not overdue is due.
    """

    began_at: int
    stored: int
    created: int
    after: str | None = None
    open_uploads: int = 0
    closed: int = 0
    oldest_id: str | None = None
    newest_id: str | None = None
    next_check_at: int | None = None

    def read(self, document: Document) -> "Recount":
        """Returns the recount after one more document."""
        counted = replace(self, after=DOCUMENT_PREFIX + document.id, newest_id=document.id)
        if document.is_open:
            counted = replace(counted, open_uploads=self.open_uploads + 1)
        elif document.left_pending_at and document.left_pending_at >= self._closed_since:
            counted = replace(counted, closed=self.closed + 1)
        if not document.is_in_progress or document.next_check_at is None:
            return counted
        due = int(document.next_check_at.timestamp())
        return replace(
            counted,
            oldest_id=self.oldest_id or document.id,
            next_check_at=min(self.next_check_at or due, due),
        )

    @property
    def _closed_since(self) -> datetime:
        return datetime.fromtimestamp(self.began_at, UTC) - LEASE

    @property
    def lost(self) -> int:
        """The number of decrements that were lost before the recount began."""
        return max(0, self.stored - self.open_uploads - self.closed)

    @property
    def last_sort_key(self) -> str:
        """The sort key behind the last document that is counted."""
        end = datetime.fromtimestamp(self.began_at, UTC) + _CREATED_SINCE
        return DOCUMENT_PREFIX + uuid7(end, bytes(10))


def start(item: Item, now: datetime) -> Recount:
    """Returns the recount that the usage item has, or a new one."""
    stored = read_item(item)
    if "recount" in stored:
        return Recount(**stored["recount"])
    return Recount(
        began_at=int(now.timestamp()), stored=stored["open_uploads"], created=stored.get("created", 0)
    )


def read_all(recount: Recount, documents: Iterable[Document], now: datetime) -> tuple[Recount, list[str]]:
    """Counts `documents`, which are sorted oldest first. Returns the recount, and the ids of those that are overdue."""
    overdue = []
    for document in documents:
        recount = recount.read(document)
        if is_checked_with_owner(document) and document.next_check_at and document.next_check_at < now:
            overdue.append(document.id)
    return recount, overdue


def pause(table: str, item: Item, recount: Recount) -> dict[str, Any]:
    """Returns the update that stores the place. The owner stays due, so the next sweep continues."""
    values = {name: value for name, value in asdict(recount).items() if value is not None}
    return _update(table, item, {"recount": values}, [], [])


def finish(
    table: str, item: Item, recount: Recount, now: datetime, *, is_created_since: bool
) -> dict[str, Any]:
    """Returns the update that subtracts what was lost, and sets `oldest_open` and the time of the next recount.

    Without `is_created_since` its condition is that nothing was created since the recount began.
    """
    stored = read_item(item)
    due = [recount.next_check_at] if recount.next_check_at else []
    if recount.closed and recount.stored > recount.open_uploads:
        due.append(int((now + LEASE).timestamp()))
    if due or is_created_since:
        # An upload that is created meanwhile may be due before those that the recount has read.
        due.append(int((now + RECHECK).timestamp()))
    sets: dict[str, Any] = {"next_check_at": min(due)} if due else {}
    if oldest := recount.oldest_id or recount.newest_id:
        sets["oldest_open"] = int((uuid7_time(oldest) - _CLOCK_SKEW).timestamp())
    removes = [
        "recount",
        *list_expired_counters(stored, now),
        *([] if due else ["due_shard", "next_check_at"]),
    ]
    conditions = {} if is_created_since else {"created": recount.created}
    return _update(table, item, sets, removes, [*conditions.items()], recount.lost)


def _update(
    table: str,
    item: Item,
    sets: Mapping[str, Any],
    removes: list[str],
    conditions: list[tuple[str, int]],
    lost: int = 0,
) -> dict[str, Any]:
    """Returns an update on condition that no other recount has written since `item` was read."""
    number = from_item(item).get("recounts", 0)
    names = {f"#n{position}": name for position, name in enumerate([*sets, *removes])}
    values: dict[str, Any] = {f":n{position}": value for position, value in enumerate(sets.values())}
    keys = list(names)
    assignments = [f"#n{position} = :n{position}" for position in range(len(sets))]
    expression = f"SET {', '.join([*assignments, 'recounts = :next'])}"
    if removes:
        expression += f" REMOVE {', '.join(keys[len(sets) :])}"
    if lost:
        expression += " ADD open_uploads :lost"
        values[":lost"] = -lost
    condition = "recounts = :number" if number else "attribute_not_exists(recounts)"
    values |= {":next": number + 1} | ({":number": number} if number else {})
    for name, value in conditions:
        condition += f" AND {name} = :{name}"
        values[f":{name}"] = value
    return {
        "TableName": table,
        "Key": {"pk": item["pk"], "sk": item["sk"]},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        **({"ExpressionAttributeNames": names} if names else {}),
        "ExpressionAttributeValues": to_item(values),
    }
