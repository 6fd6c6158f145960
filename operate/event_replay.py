"""Changes that are published again: by the function `publish`, which is the only one that sends to the event bus."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import CHANGE, DOCUMENT_PREFIX, document_from_item
from functions.domain.changes import find_last_change
from functions.domain.size_batches import split_by_size
from operate.errors import OperateError
from operate.event_failures import EventFailures, StreamRecord
from operate.function import Invocable
from operate.records import Record, is_document
from operate.search import Filter

_RECORDS = 100
_BYTES = 4 * 1024 * 1024
"""Maximum size of one invocation. Lambda takes 6 MB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


@dataclass(frozen=True)
class Replay:
    """Publishes changes again through the function `publish`."""

    publish: Invocable

    def send(self, records: Sequence[StreamRecord]) -> None:
        """Raises OperateError unless the bus has taken all of them."""
        response = self.publish.invoke({"Records": records})
        if failed := response.get("batchItemFailures"):
            place = failed[0]["itemIdentifier"]
            raise OperateError(
                f"the event bus did not take the record {place} and those after it; see docs/runbooks/events-failed.md"
            )

    def send_failures(self, failures: EventFailures) -> Iterator[int]:
        """Sends what could not be published and deletes each object that is sent. Yields the number of its changes."""
        for failure in failures.list():
            for batch in split(failure.records):
                self.send(batch)
            failures.delete(failure)
            yield len(failure.records)

    def send_documents(self, records: Iterable[Record]) -> Iterator[int]:
        """Sends the last change of each document, with its present record. Yields the number of changes sent."""
        for batch in split(map(to_stream_record, records)):
            self.send(batch)
            yield len(batch)


def to_stream_record(record: Record) -> StreamRecord:
    """Returns the record of a stream that the last change of a document would have, if nothing were written since."""
    item = to_item(record)
    if CHANGE not in item:
        document = document_from_item(item)
        change = find_last_change([entry.status for entry in document.status_changes])
        item = {**item, **to_item({CHANGE: change.value})}
    keys = {name: item[name] for name in ("pk", "sk")}
    return {"dynamodb": {"SequenceNumber": record["sk"], "Keys": keys, "NewImage": item}}


def split(records: Iterable[StreamRecord]) -> Iterator[list[StreamRecord]]:
    """Yields the records in batches that one invocation takes."""
    return split_by_size(records, lambda record: len(json.dumps(record)), _BYTES, _RECORDS)


def changed_since(time: datetime) -> Filter:
    """Selects the documents of the whole table that were written at or after a time."""
    return Filter(
        "begins_with(sk, :prefix) AND updated_at >= :since",
        {},
        {":prefix": DOCUMENT_PREFIX, ":since": time.isoformat()},
    )


def is_changed_since(record: Record, time: datetime | None) -> bool:
    return is_document(record) and (time is None or record["updated_at"] >= time.isoformat())
