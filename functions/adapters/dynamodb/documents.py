"""Records in DynamoDB: one item collection an owner, every write conditional.

    pk = owner key, sk = DOC#{id}      the document
                    sk = USAGE         bytes charged, uploads open, files and bytes of a day (usage.py)
                    sk = IDEM#{hash}   idempotency key -> document id and request fingerprint; TTL
    pk = QUARANTINE sk = {key}#{version}  an object that belongs to no record, for an operator

IAM actions: dynamodb:GetItem, PutItem, UpdateItem and Query (a transaction needs those of its items).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from functions.adapters.dynamodb import queries, writes
from functions.adapters.dynamodb.client import RETRIED, DynamoDBError, pause
from functions.adapters.dynamodb.items import (
    DOCUMENT_PREFIX,
    DUE_SHARDS,
    Item,
    document_from_item,
    document_key,
    from_item,
    is_checked_with_owner,
    to_item,
)
from functions.adapters.dynamodb.usage import (
    USAGE,
    OpenUploadsScan,
    is_due,
    oldest_open,
    scan_open_uploads,
    schedule_recount,
    usage_from_item,
    usage_key,
    write_recount,
)
from functions.domain import quota
from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import Unavailable
from functions.domain.events import Transition
from functions.domain.quota import Limits, Usage
from functions.domain.repository import AlreadyCreated, Conflict, IdempotencyKey, ListQuery, Page

_BUSY = RETRIED | {"TransactionConflictException"}
_OTHERS_FIRST = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_TRIES = 5
_MAX_PAGES = 10


class DynamoDB(Protocol):
    """DynamoDB's operations by their names; `DynamoDBClient` is one. Raises DynamoDBError or ConnectionError."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]: ...


class DynamoDBDocuments:
    """Implements `functions.domain.repository.DocumentRepository`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """See `DocumentRepository.create`. Other creates of the same owner may collide on USAGE: then it tries again."""
        # A missing USAGE item passes every condition below, so a file too large for an empty account stops here.
        quota.check(limits, Usage(), document.size, now)
        items = writes.create(self._table, document, limits, idempotency, now)
        for attempt in range(_TRIES):
            reasons = self._transact(items)
            if reasons is None or reasons[0] == "ConditionalCheckFailed":
                return  # the second: ids are unique, so this record is our own earlier try
            if idempotency is not None and reasons[-1] == "ConditionalCheckFailed":
                raise self._earlier(document.owner, idempotency)
            if "ConditionalCheckFailed" in reasons:
                self._refuse(document, limits, now)
            pause(attempt)
        raise _busy()

    def get(self, owner: str, document_id: str) -> Document | None:
        item = self._get(document_key(owner, document_id))
        return document_from_item(item) if item else None

    def apply(self, transition: Transition) -> None:
        """See `DocumentRepository.apply`. What frees no bytes is written first and counted afterwards: a transaction costs twice."""
        put, usage = writes.apply(self._table, transition)
        if usage is None:
            return self._replace(put, transition)
        if transition.reserved_bytes == 0 and transition.open_uploads < 0:
            self._replace(put, transition)
            return self._close(usage)
        for attempt in range(_TRIES):
            reasons = self._transact([{"Put": put}, {"Update": usage}])
            if reasons is None:
                return None
            if "ConditionalCheckFailed" in reasons:
                raise Conflict
            pause(attempt)
        raise _busy()

    def page(self, query: ListQuery) -> Page:
        """Filters are applied after reading, so a rare status may give a short page with a cursor to go on."""
        found: list[Document] = []
        request = queries.page(self._table, query)
        start = document_key(query.owner, query.before) if query.before else None
        for _ in range(_MAX_PAGES):
            items, start = self._query(request, start)
            found += [document_from_item(item) for item in items]
            if len(found) > query.limit or start is None:
                break
        if len(found) > query.limit:
            return Page(tuple(found[: query.limit]), found[query.limit - 1].id)
        following = from_item(start)["sk"].removeprefix(DOCUMENT_PREFIX) if start else None
        return Page(tuple(found), following)

    def due(self, now: datetime) -> Iterator[tuple[str, str] | None]:
        """See `DocumentRepository.due`. A document on its way is found when its owner is visited, so up to its deadline later."""
        for shard in range(DUE_SHARDS):
            for item in self._pages(queries.due(self._table, shard, now)):
                key = from_item(item)
                if key["sk"] == USAGE:
                    yield from self._recount(key["pk"], now)
                    yield None
                else:
                    yield key["pk"], key["sk"].removeprefix(DOCUMENT_PREFIX)

    def quarantine(self, key: str, version: str, now: datetime) -> bool:
        return self._put(writes.quarantine(self._table, key, version, now)) is None

    def _query(self, request: Mapping[str, Any], start: Item | None) -> tuple[list[Item], Item | None]:
        """One page from after `start`, and where the next one starts."""
        more = {"ExclusiveStartKey": start} if start else {}
        with _translated():
            answer = self._dynamodb("Query", **request, **more)
        return answer["Items"], answer.get("LastEvaluatedKey")

    def _pages(self, request: Mapping[str, Any]) -> Iterator[Item]:
        items, start = self._query(request, None)
        yield from items
        while start is not None:
            items, start = self._query(request, start)
            yield from items

    def _refuse(self, document: Document, limits: Limits, now: datetime) -> None:
        """Raises why. Whoever has too many open, by our count, is counted again soon: more may count as open than are."""
        item = self._get(usage_key(document.owner)) or {}
        held = usage_from_item(item, now)
        if held.open_uploads >= limits.open_uploads and not is_due(item, now):
            self._update(schedule_recount(self._table, document.owner, now))
        quota.check(limits, held, document.size, now)

    def _earlier(self, owner: str, key: IdempotencyKey) -> Exception:
        item = self._get(to_item({"pk": owner, "sk": writes.idempotency_sort_key(key)}))
        if item is None:
            return _busy()
        values = from_item(item)
        return AlreadyCreated(values["document_id"], values["fingerprint"])

    def _recount(self, owner: str, now: datetime) -> Iterator[tuple[str, str]]:
        """The owner's documents that are on their way and due; then what is still open is counted, and the entry moves on."""
        item = self._get(usage_key(owner))
        if item is None or not is_due(item, now):
            return
        seen = self._scan_open_uploads(owner, item)
        overdue = [
            each
            for each in seen.moving
            if is_checked_with_owner(each) and each.next_check_at and each.next_check_at < now
        ]
        if overdue:
            yield from ((owner, document.id) for document in overdue)
            item = self._get(usage_key(owner)) or item
            seen = self._scan_open_uploads(owner, item)
        self._update(write_recount(self._table, item, seen, now))

    def _scan_open_uploads(self, owner: str, usage: Item) -> OpenUploadsScan:
        request = queries.created_since(self._table, owner, oldest_open(usage))
        return scan_open_uploads(map(document_from_item, self._pages(request)))

    def _close(self, usage: Mapping[str, Any]) -> None:
        """Whether a lost answer was a yes is not known, so it is not asked again: the next visit counts what is open."""
        for attempt in range(_TRIES):
            try:
                if self._update(usage):
                    return
            except Unavailable:
                return
            pause(attempt)

    def _update(self, usage: Mapping[str, Any]) -> bool:
        """False if somebody else was faster, or is just at it."""
        with _translated():
            try:
                self._dynamodb("UpdateItem", **usage)
            except DynamoDBError as refused:
                if refused.code not in _OTHERS_FIRST:
                    raise
                return False
        return True

    def _get(self, key: Item) -> Item | None:
        with _translated():
            answer = self._dynamodb("GetItem", TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _replace(self, put: Mapping[str, Any], transition: Transition) -> None:
        refused = self._put(put)
        if refused is None:
            return
        # A retry inside the client fails its own condition when the first try's answer was lost.
        held = refused.get("Item")
        if not held or document_from_item(held) != transition.after:
            raise Conflict

    def _put(self, put: Mapping[str, Any]) -> dict[str, Any] | None:
        """None if written, else the answer of the refusal, with the `Item` that stands in its way, if any."""
        try:
            with _translated():
                self._dynamodb("PutItem", **put, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except DynamoDBError as refused:
            if refused.code != "ConditionalCheckFailedException":
                raise
            return refused.answer
        return None

    def _transact(self, items: list[dict[str, Any]]) -> list[str] | None:
        """None if written, else why not, item by item."""
        try:
            with _translated():
                self._dynamodb("TransactWriteItems", TransactItems=items)
        except DynamoDBError as cancelled:
            if cancelled.code != "TransactionCanceledException":
                raise
            return [reason.get("Code", "None") for reason in cancelled.answer["CancellationReasons"]]
        return None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DynamoDBError as error:
        if error.code in _BUSY:
            raise _busy() from error
        raise
    except ConnectionError as error:
        raise _busy() from error


def _busy() -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, "The table is busy; nothing has changed.", retry_after=1)
