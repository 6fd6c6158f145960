"""The repository of documents in DynamoDB: one item collection per owner, and every write conditional.

    pk = owner key   sk = DOC#{id}           the document
                     sk = USAGE              the owner's usage (usage.py)
                     sk = IDEM#{hash}        an idempotency key: the document id, or the results of a batch, and the
                                             fingerprint of the request; has a TTL
    pk = QUARANTINE  sk = {key}#{version}    the report of an object without a record, for the operator

Every item has a schema version (items.py).

IAM actions: dynamodb:GetItem, BatchGetItem, PutItem, UpdateItem and Query. A transaction needs those of its items.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NoReturn, Protocol

from functions.adapters.dynamodb import pages, queries, writes
from functions.adapters.dynamodb.attributes import Item, from_item, to_item
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.connections import NoResponseError
from functions.adapters.dynamodb.items import (
    DOCUMENT_PREFIX,
    DUE_SHARDS,
    WRITE_ID,
    document_from_item,
    document_key,
    is_checked_with_owner,
)
from functions.adapters.dynamodb.retries import attempts_within, sleep_before_retry
from functions.adapters.dynamodb.usage import (
    USAGE,
    OpenUploadsScan,
    add_daily_bytes,
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
from functions.domain.errors import AirlockError, Unavailable
from functions.domain.events import Transition
from functions.domain.keys import DocumentKey
from functions.domain.quota import BatchResult, Limits, Usage
from functions.domain.repository import Conflict, IdempotencyKey, ListQuery, Page

_TRY_AGAIN = "The table is unavailable; try again."
_REPEAT = "The outcome is unknown; repeat the request."
_REPEAT_WITH_KEY = "The outcome is unknown; repeat with the same Idempotency-Key."
_MAY_EXIST = (
    "The outcome is unknown; the document may exist. Only a create with an Idempotency-Key can be repeated."
)
_LOST_RACE = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_MAX_ATTEMPTS = 5

_CONFLICT_TIMEOUT = 18.0
"""Seconds within which the last attempt of a transaction that conflicts begins.

A call of the client takes up to 8 seconds more, and API Gateway ends the request after 30.
"""


class DynamoDB(Protocol):
    """DynamoDB's API: `operation` is the name of an operation. Raises DynamoDBError or ConnectionError."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]: ...


class DynamoDBDocuments:
    """Implements `functions.domain.repository.DocumentRepository`."""

    def __init__(self, dynamodb: DynamoDB, table: str, conflict_timeout: float = _CONFLICT_TIMEOUT) -> None:
        """`conflict_timeout` is the time in seconds for the attempts of a transaction that conflicts with others."""
        self._dynamodb = dynamodb
        self._table = table
        self._conflict_timeout = conflict_timeout

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        """See `DocumentRepository.create`."""
        [result] = self.create_batch([document], limits, idempotency, now)
        if isinstance(result, AirlockError):
            raise result

    def create_batch(
        self, items: Sequence[BatchResult], limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> tuple[BatchResult, ...]:
        """See `DocumentRepository.create_batch`. Retries if the transaction conflicts with one of the same owner."""
        # The condition holds for an owner without a USAGE item, so files above the limits are left out here.
        results = quota.admit(limits, Usage(), items, now)
        unknown = _MAY_EXIST if idempotency is None else _REPEAT_WITH_KEY
        for _ in attempts_within(self._conflict_timeout):
            owner = next((item.owner for item in results if isinstance(item, Document)), None)
            if owner is None:
                return results
            reasons = self._transact(writes.create(self._table, results, limits, idempotency, now), unknown)
            if reasons is None or reasons[0] == "ConditionalCheckFailed":
                return (
                    results  # if a document exists, an earlier attempt has written it, because ids are unique
                )
            if idempotency is not None and reasons[-1] == "ConditionalCheckFailed":
                self._raise_already_created(owner, idempotency)
            if "ConditionalCheckFailed" in reasons:
                results = self._admit(owner, items, limits, now)
        raise _busy()

    def get(self, owner: str, document_id: str) -> Document | None:
        item = self._get(document_key(owner, document_id))
        return document_from_item(item) if item else None

    def get_many(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Document]:
        """See `DocumentRepository.get_many`. DynamoDB returns at most 16 MB at once, so what is left is read again."""
        wanted: dict[str, Any] = {self._table: {"Keys": [document_key(*key) for key in set(keys)]}}
        found: dict[DocumentKey, Document] = {}
        if not keys:
            return found
        for attempt in range(_MAX_ATTEMPTS):
            with _translate_errors():
                response = self._dynamodb("BatchGetItem", RequestItems=wanted)
            documents = map(document_from_item, response["Responses"].get(self._table, []))
            found |= {DocumentKey(document.owner, document.id): document for document in documents}
            wanted = response.get("UnprocessedKeys", {})
            if not wanted:
                return found
            sleep_before_retry(attempt)
        raise _unavailable()

    def apply(self, transition: Transition) -> None:
        """See `DocumentRepository.apply`.

        The arrival of the bytes is written in two requests, because a transaction costs twice as much.
        """
        put, usage = writes.apply(self._table, transition)
        if usage is None or transition.reserved_bytes == 0:
            if self._put_revision(put) and usage is not None:
                self._decrement_open_uploads(usage)
            return
        for _ in attempts_within(self._conflict_timeout):
            reasons = self._transact([{"Put": put}, {"Update": usage}])
            if reasons is None:
                return
            if "ConditionalCheckFailed" in reasons:
                raise Conflict
        raise _busy()

    def page(self, query: ListQuery) -> Page:
        return pages.read(self._query, self._table, query)

    def due(self, now: datetime) -> Iterator[tuple[str, str] | None]:
        """See `DocumentRepository.due`. Documents that are checked with their owner are found by the recount."""
        for shard in range(DUE_SHARDS):
            for item in self._query_all(queries.due(self._table, shard, now)):
                key = from_item(item)
                if key["sk"] == USAGE:
                    yield from self._recount(key["pk"], now)
                    yield None
                else:
                    yield key["pk"], key["sk"].removeprefix(DOCUMENT_PREFIX)

    def add_daily_bytes(self, owner: str, size: int, now: datetime) -> None:
        with _translate_errors(_REPEAT):
            self._dynamodb("UpdateItem", **add_daily_bytes(self._table, owner, size, now))

    def quarantine(self, key: str, version: str, now: datetime) -> bool:
        return self._put(writes.quarantine(self._table, key, version, now)) is None

    def _query(self, request: Mapping[str, Any], start: Item | None) -> tuple[list[Item], Item | None]:
        """Returns the items after the key `start`, and the key to continue after."""
        more = {"ExclusiveStartKey": start} if start else {}
        with _translate_errors():
            response = self._dynamodb("Query", **request, **more)
        return response["Items"], response.get("LastEvaluatedKey")

    def _query_all(self, request: Mapping[str, Any]) -> Iterator[Item]:
        items, start = self._query(request, None)
        yield from items
        while start is not None:
            items, start = self._query(request, start)
            yield from items

    def _admit(
        self, owner: str, items: Sequence[BatchResult], limits: Limits, now: datetime
    ) -> tuple[BatchResult, ...]:
        """Returns the items with as many documents as the limits allow by now.

        Schedules a recount for too many open uploads, because the stored number may be too high.
        """
        item = self._get(usage_key(owner))
        usage = usage_from_item(item, now) if item else Usage()
        results = quota.admit(limits, usage, items, now)
        if item and _has_too_many_open_uploads(results) and not is_due(item, now):
            with suppress(Unavailable):  # a later create schedules it
                self._update(schedule_recount(self._table, owner, now))
        return results

    def _raise_already_created(self, owner: str, key: IdempotencyKey) -> NoReturn:
        item = self._get(to_item({"pk": owner, "sk": writes.idempotency_sort_key(key)}))
        if item is None:
            raise _unavailable()  # the key has just expired
        raise writes.read_idempotency_key(item)

    def _recount(self, owner: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Yields the owner's documents that are due, then stores how many uploads are open by now."""
        item = self._get(usage_key(owner))
        if item is None or not is_due(item, now):
            return
        scan = self._scan_open_uploads(owner, item)
        overdue = [
            each
            for each in scan.in_progress
            if is_checked_with_owner(each) and each.next_check_at and each.next_check_at < now
        ]
        if overdue:
            yield from ((owner, document.id) for document in overdue)
            item = self._get(usage_key(owner)) or item
            scan = self._scan_open_uploads(owner, item)
        self._update(write_recount(self._table, item, scan, now))

    def _scan_open_uploads(self, owner: str, usage: Item) -> OpenUploadsScan:
        request = queries.created_since(self._table, owner, oldest_open(usage))
        return scan_open_uploads(map(document_from_item, self._query_all(request)))

    def _decrement_open_uploads(self, usage: Mapping[str, Any]) -> None:
        """Not retried after a timeout, because the first call may have succeeded. The next recount repairs the number."""
        for _ in attempts_within(self._conflict_timeout):
            try:
                if self._update(usage):
                    return
            except Unavailable:
                return

    def _update(self, usage: Mapping[str, Any]) -> bool:
        """Returns False if the condition fails or the update conflicts with a transaction."""
        with _translate_errors(_REPEAT):
            try:
                self._dynamodb("UpdateItem", **usage)
            except DynamoDBError as error:
                if error.code not in _LOST_RACE:
                    raise
                return False
        return True

    def _get(self, key: Item) -> Item | None:
        with _translate_errors():
            response = self._dynamodb("GetItem", TableName=self._table, Key=key, ConsistentRead=True)
        return response.get("Item")

    def _put_revision(self, put: Mapping[str, Any]) -> bool:
        """Returns False if this very write has succeeded before. Raises Conflict for the record of any other write.

        If the response to a first try was lost, the client's retry fails the condition although the write succeeded.
        """
        failure = self._put(put)
        if failure is None:
            return True
        if failure.get("Item", {}).get(WRITE_ID) != put["Item"][WRITE_ID]:
            raise Conflict
        return False

    def _put(self, put: Mapping[str, Any]) -> dict[str, Any] | None:
        """Returns None if written, else the response of the failed condition, with the existing `Item` if there is one."""
        try:
            with _translate_errors(_REPEAT):
                self._dynamodb("PutItem", **put, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except DynamoDBError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return error.response
        return None

    def _transact(self, items: list[dict[str, Any]], unknown: str = _REPEAT) -> list[str] | None:
        """Returns None if written, else the cancellation reason of each item, which is "None" for an item without one."""
        try:
            with _translate_errors(unknown):
                self._dynamodb("TransactWriteItems", TransactItems=items)
        except DynamoDBError as error:
            if error.code != "TransactionCanceledException":
                raise
            return [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
        return None


@contextmanager
def _translate_errors(unknown: str = _TRY_AGAIN) -> Iterator[None]:
    """Raises Unavailable for a temporary error, with the text `unknown` if a write may have been processed."""
    try:
        yield
    except DynamoDBError as error:
        if not error.is_temporary and error.code != "TransactionConflictException":
            raise
        raise _unavailable(unknown if error.may_be_processed else _TRY_AGAIN) from error
    except NoResponseError as error:
        raise _unavailable(unknown if error.may_be_processed else _TRY_AGAIN) from error
    except ConnectionError as error:
        raise _unavailable(unknown) from error


def _unavailable(detail: str = _TRY_AGAIN) -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, detail, retry_after=1)


def _busy() -> Unavailable:
    return Unavailable(Code.BUSY, "Too many changes of this owner at once; try again.", retry_after=1)


def _has_too_many_open_uploads(results: Sequence[BatchResult]) -> bool:
    return any(
        isinstance(result, AirlockError) and result.code is Code.TOO_MANY_OPEN_UPLOADS for result in results
    )
