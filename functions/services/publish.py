"""Publishes the changes that the stream of the table reports, in order for each document and at least once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from functions.domain.document_events import EventBus, RecordedChange, build_event

BATCH = 10
"""Maximum number of events in one request to EventBridge.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""


class PublishService:
    """Sends the events of one batch of stream records. `read` returns None for a record without a change."""

    def __init__(
        self,
        read: Callable[[Mapping[str, Any]], RecordedChange | None],
        bus: EventBus,
        bucket: str,
    ) -> None:
        self._read = read
        self._bus = bus
        self._bucket = bucket

    def publish(self, records: Sequence[Mapping[str, Any]]) -> str | None:
        """Returns the sequence number of the first record whose event failed, None if all were sent.

        Nothing is sent behind the request in which an event failed. Lambda delivers the failed record again, with all
        behind it, so some events are sent twice.
        """
        changes = [change for record in records if (change := self._read(record))]
        for batch in split(changes):
            events = [(each.change, build_event(each.document, self._bucket)) for each in batch]
            failed = self._bus.send(events)
            if failed is not None:
                return batch[failed].position
        return None


def split(changes: Sequence[RecordedChange]) -> Iterator[list[RecordedChange]]:
    """Yields batches in which no document occurs twice.

    One request may fail for one event and succeed for a later one. With both of one document, that would change their order.
    """
    batch = list[RecordedChange]()
    for change in changes:
        if len(batch) == BATCH or any(each.document.id == change.document.id for each in batch):
            yield batch
            batch = []
        batch.append(change)
    if batch:
        yield batch
