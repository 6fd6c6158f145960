"""The repository of documents in DynamoDB: one item collection per owner, and every write conditional.

    pk = owner key   sk = DOC#{id}           the document
                     sk = USAGE              the owner's usage (usage.py)
                     sk = IDEM#{hash}        an idempotency key: the document id, or the results of a batch, and the
                                             fingerprint of the request; has a TTL
                     sk = DIGEST#{...}       the original of equal bytes (digests.py)
    pk = ORPHAN      sk = {key}#{version}    the report of an object without a record, for the operator
    pk = SWEEP       sk = {slice}            the state of one slice of the sweeps (slices.py)

Every item has a schema version (items.py).

IAM actions: dynamodb:GetItem, BatchGetItem, PutItem, UpdateItem, DeleteItem and Query. A transaction needs those of its items.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

from functions.adapters.dynamodb import batch_gets, digests, pages, queries, recounts, writes
from functions.adapters.dynamodb.attributes import Item, from_item, to_item
from functions.adapters.dynamodb.items import (
    DOCUMENT_PREFIX,
    WRITE_ID,
    document_from_item,
    document_key,
)
from functions.adapters.dynamodb.rates import KnownRates
from functions.adapters.dynamodb.retries import Clock, attempts_within
from functions.adapters.dynamodb.table import ConditionFailed, DynamoDB, Table
from functions.adapters.dynamodb.unavailable import table_unavailable
from functions.adapters.dynamodb.usage import (
    USAGE,
    add_daily_bytes,
    is_due,
    oldest_open,
    schedule_recount,
    usage_from_item,
    usage_key,
)
from functions.domain import quota
from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.duplicates import DigestTaken
from functions.domain.errors import AirlockError, Unavailable
from functions.domain.events import Transition
from functions.domain.keys import DocumentKey
from functions.domain.quota import BatchResult, Limits, Usage
from functions.domain.repository import Conflict, DueEntry, IdempotencyKey, IndexEntry, ListQuery, Page

_REPEAT = "The outcome is unknown; repeat the request."
_REPEAT_WITH_KEY = "The outcome is unknown; repeat with the same Idempotency-Key."
_MAY_EXIST = (
    "The outcome is unknown; the document may exist. Only a create with an Idempotency-Key can be repeated."
)

_CONFLICT_TIMEOUT = 18.0
"""Seconds within which the last attempt of a transaction that conflicts begins.

A call of the client takes up to 8 seconds more, and API Gateway ends the request after 30.
"""


class DynamoDBDocuments:
    """Implements `functions.domain.repository.DocumentRepository`."""

    def __init__(
        self,
        dynamodb: DynamoDB,
        table: str,
        conflict_timeout: float = _CONFLICT_TIMEOUT,
        clock: Clock = time,
    ) -> None:
        """`conflict_timeout` is the time in seconds for the attempts of a transaction that conflicts with others.

        `clock` measures that time and waits between the attempts.
        """
        self._table = Table(dynamodb, table)
        self._conflict_timeout = conflict_timeout
        self._clock = clock
        self._rates = KnownRates()

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
        """See `DocumentRepository.create_batch`. Retries if the transaction conflicts with one of the same owner.

        A transaction that fails for another reason than a limit has had the wrong form of the rate. Then the usage that was
        read tells the right one.
        """
        # The condition holds for an owner without a USAGE item, so files above the limits are left out here.
        results = quota.admit(limits, Usage(), items, now)
        unknown = _MAY_EXIST if idempotency is None else _REPEAT_WITH_KEY
        for _ in attempts_within(self._conflict_timeout, self._clock):
            documents = [item for item in results if isinstance(item, Document)]
            if not documents:
                return results
            owner = documents[0].owner
            tat = self._rates.get(owner)
            transaction = writes.create(self._table.name, results, limits, idempotency, tat, now)
            cancelled = self._table.transact(transaction, unknown)
            if cancelled is None:
                self._rates.set(owner, limits.creates.add(tat, len(documents), now))
                return results
            reasons = [reason["Code"] for reason in cancelled]
            if reasons[0] == "ConditionalCheckFailed":
                return results  # an earlier attempt has written the document, because ids are unique
            if idempotency is not None and reasons[-1] == "ConditionalCheckFailed":
                self._raise_already_created(owner, idempotency)
            if "ConditionalCheckFailed" in reasons:
                results = self._admit(owner, items, limits, now)
        raise _busy()

    def get(self, owner: str, document_id: str) -> Document | None:
        item = self._table.get(document_key(owner, document_id))
        return document_from_item(item) if item else None

    def find_originals(
        self, documents: Sequence[Document], idempotency: IdempotencyKey | None, now: datetime
    ) -> Mapping[str, str]:
        """See `DocumentRepository.find_originals`."""
        # Imported here, because few kinds look for duplicates.
        from functions.adapters.dynamodb import originals

        return originals.find(self._get_batch, documents, idempotency, now)

    def get_many(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Document]:
        """See `DocumentRepository.get_many`."""
        items = self._get_batch([document_key(*key) for key in set(keys)], is_consistent=False)
        documents = map(document_from_item, items)
        return {DocumentKey(document.owner, document.id): document for document in documents}

    def _get_batch(self, keys: Sequence[Item], *, is_consistent: bool) -> list[Item]:
        return batch_gets.read(self._table.dynamodb, self._table.name, keys, is_consistent=is_consistent)

    def apply(self, transition: Transition) -> None:
        """See `DocumentRepository.apply`.

        The arrival of the bytes is written in two requests, because a transaction costs twice as much.
        """
        put, usage = writes.apply(self._table.name, transition)
        digest = digests.write(self._table.name, transition)
        if not digest and (usage is None or transition.reserved_bytes == 0):
            if self._put_revision(put) and usage is not None:
                self._decrement_open_uploads(usage)
            return
        updates = [{"Update": usage}] if usage is not None else []
        for _ in attempts_within(self._conflict_timeout, self._clock):
            cancelled = self._table.transact([{"Put": put}, *updates, *digest], _REPEAT)
            if cancelled is None:
                return
            if cancelled[0]["Code"] == "ConditionalCheckFailed":
                raise Conflict
            if cancelled[-1]["Code"] == "ConditionalCheckFailed":
                raise DigestTaken(digests.read_original(cancelled[-1]["Item"]))
        raise _busy()

    def page(self, query: ListQuery) -> Page:
        return pages.read(self._table.query, self._table.name, query)

    def due(self, shard: int, now: datetime, after: str | None = None) -> Iterator[DueEntry]:
        """See `DocumentRepository.due`. Documents that are checked with their owner are found by the recount."""
        start = json.loads(after) if after else None
        for item in self._table.query_all(queries.due(self._table.name, shard, now), start):
            key = from_item(item)
            document_id = None if key["sk"] == USAGE else key["sk"].removeprefix(DOCUMENT_PREFIX)
            yield DueEntry(key["pk"], document_id, json.dumps(item))

    def failed(
        self, shard: int, since: datetime, before: datetime, after: str | None = None
    ) -> Iterator[IndexEntry]:
        """See `DocumentRepository.failed`."""
        if int(since.timestamp()) >= int(
            before.timestamp()
        ):  # DynamoDB accepts no range whose end is before its start
            return
        start = json.loads(after) if after else None
        yield from map(
            _to_entry, self._table.query_all(queries.failed(self._table.name, shard, since, before), start)
        )

    def waiting(self, step: str, shard: int, after: str | None = None) -> Iterator[IndexEntry]:
        """See `DocumentRepository.waiting`."""
        start = json.loads(after) if after else None
        yield from map(
            _to_entry, self._table.query_all(queries.waiting(self._table.name, step, shard), start)
        )

    def recount(self, owner: str, now: datetime) -> Iterator[str]:
        """See `DocumentRepository.recount`. One call reads at most `MAX_PAGES` pages, and the next one continues."""
        item = self._table.get(usage_key(owner))
        if item is None or not is_due(item, now):
            return
        recount, overdue, is_finished = self._read_documents(owner, item, now)
        if not is_finished:
            self._table.try_update(recounts.pause(self._table.name, item, recount), _REPEAT)
        elif not self._table.try_update(
            recounts.finish(self._table.name, item, recount, now, is_created_since=False), _REPEAT
        ):
            self._table.try_update(
                recounts.finish(self._table.name, item, recount, now, is_created_since=True), _REPEAT
            )
        yield from overdue

    def _read_documents(
        self, owner: str, item: Item, now: datetime
    ) -> tuple[recounts.Recount, list[str], bool]:
        """Returns the recount, the ids of documents that are overdue, and whether all documents are read."""
        recount, overdue = recounts.start(item, now), list[str]()
        request = queries.created_between(self._table.name, owner, oldest_open(item), recount.last_sort_key)
        place = to_item({"pk": owner, "sk": recount.after}) if recount.after else None
        for _ in range(recounts.MAX_PAGES):
            items, place = self._table.query(request, place)
            recount, found = recounts.read_all(recount, map(document_from_item, items), now)
            overdue += found
            if place is None:
                return recount, overdue, True
        return recount, overdue, False

    def add_daily_bytes(self, owner: str, size: int, now: datetime) -> None:
        self._table.write("UpdateItem", add_daily_bytes(self._table.name, owner, size, now), _REPEAT)

    def report_orphan(self, key: str, version: str, now: datetime) -> bool:
        try:
            self._table.write("PutItem", writes.report_orphan(self._table.name, key, version, now), _REPEAT)
        except ConditionFailed:
            return False
        return True

    def _admit(
        self, owner: str, items: Sequence[BatchResult], limits: Limits, now: datetime
    ) -> tuple[BatchResult, ...]:
        """Returns the items with as many documents as the limits allow by now.

        Schedules a recount for too many open uploads, because the stored number may be too high.
        """
        item = self._table.get(usage_key(owner))
        usage = usage_from_item(item, now) if item else Usage()
        self._rates.set(owner, usage.tat)
        results = quota.admit(limits, usage, items, now)
        if item and _has_too_many_open_uploads(results) and not is_due(item, now):
            with suppress(Unavailable):  # a later create schedules it
                self._table.try_update(schedule_recount(self._table.name, owner, now), _REPEAT)
        return results

    def _raise_already_created(self, owner: str, key: IdempotencyKey) -> NoReturn:
        item = self._table.get(to_item({"pk": owner, "sk": writes.idempotency_sort_key(key)}))
        if item is None:
            raise table_unavailable()  # the key has just expired
        raise writes.read_idempotency_key(item)

    def _decrement_open_uploads(self, usage: Mapping[str, Any]) -> None:
        """Not retried after a timeout, because the first call may have succeeded. The next recount repairs the number."""
        for _ in attempts_within(self._conflict_timeout, self._clock):
            try:
                if self._table.try_update(usage, _REPEAT):
                    return
            except Unavailable:
                return

    def _put_revision(self, put: Mapping[str, Any]) -> bool:
        """Returns False if this very write has succeeded before. Raises Conflict for the record of any other write.

        If the response to a first try was lost, the client's retry fails the condition although the write succeeded.
        """
        request = {**put, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            self._table.write("PutItem", request, _REPEAT)
        except ConditionFailed as failure:
            if failure.item.get(WRITE_ID) != put["Item"][WRITE_ID]:
                raise Conflict from failure
            return False
        return True


def _to_entry(item: Item) -> IndexEntry:
    key = from_item(item)
    return IndexEntry(DocumentKey(key["pk"], key["sk"].removeprefix(DOCUMENT_PREFIX)), json.dumps(item))


def _busy() -> Unavailable:
    return Unavailable(Code.BUSY, "Too many changes of this owner at once; try again.", retry_after=1)


def _has_too_many_open_uploads(results: Sequence[BatchResult]) -> bool:
    return any(
        isinstance(result, AirlockError) and result.code is Code.TOO_MANY_OPEN_UPLOADS for result in results
    )
