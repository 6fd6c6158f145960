"""Publishes the changes that the stream of the table reports, in order for each document and at least once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from functions.domain.document_events import EventBus, Recorded

BATCH = 10
"""Maximum number of events in one request to EventBridge.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""


class PublishService:
    """Sends the events of one batch of stream records. `read` returns what a record reports, most often nothing."""

    def __init__(
        self,
        read: Callable[[Mapping[str, Any]], Iterable[Recorded]],
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
        changes = [change for record in records for change in self._read(record)]
        for batch in split(changes):
            failed = self._bus.send([each.to_event(self._bucket) for each in batch])
            if failed is not None:
                return batch[failed].position
        return None


def split(changes: Sequence[Recorded]) -> Iterator[list[Recorded]]:
    """Yields batches in which no document and no owner occurs twice.

    One request may fail for one event and succeed for a later one. With both of one document, that would change their order.
    """
    batch = list[Recorded]()
    for change in changes:
        if len(batch) == BATCH or any(each.subject == change.subject for each in batch):
            yield batch
            batch = []
        batch.append(change)
    if batch:
        yield batch
