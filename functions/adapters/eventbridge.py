"""The event bus of the deployment.

IAM actions: events:PutEvents.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.casing import to_camel_case
from functions.domain.codes import Code
from functions.domain.document_events import Content, DocumentEvent, EventName
from functions.domain.errors import Unavailable
from functions.domain.size_batches import split_by_size
from functions.domain.suspicion import OwnerEvent
from functions.domain.times import format_rfc3339

SOURCE = "airlock"
MAX_BYTES = 256 * 1024
"""Maximum size of the entries of one request.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

Entry = Mapping[str, str]


class EventBridgeClient(Protocol):
    """The operation of boto3's client that is used, because boto3-stubs has no small package for EventBridge."""

    def put_events(self, *, Entries: Sequence[Entry]) -> Mapping[str, Any]: ...  # noqa: N803 - boto3's name


class EventBridgeBus:
    """Implements `functions.domain.document_events.EventBus`."""

    def __init__(self, client: EventBridgeClient, name: str) -> None:
        self._client = client
        self._name = name

    def send(self, events: Sequence[tuple[EventName, Content]]) -> int | None:
        """See `EventBus.send`. Nothing is sent behind a request in which an event failed."""
        sent = 0
        for entries in split_by_size(
            [self._entry(name, content) for name, content in events], _measure, MAX_BYTES
        ):
            failed = self._put(entries)
            if failed is not None:
                return sent + failed
            sent += len(entries)
        return None

    def _put(self, entries: Sequence[Entry]) -> int | None:
        """A request that fails as a whole has failed from its first event."""
        try:
            with unavailable_when_faulty(Code.QUEUE_UNAVAILABLE, "EventBridge"):
                response = self._client.put_events(Entries=entries)
        except Unavailable:
            return 0
        results = enumerate(response["Entries"])
        return next((index for index, result in results if "ErrorCode" in result), None)

    def _entry(self, name: EventName, content: Content) -> Entry:
        if isinstance(content, OwnerEvent):
            subject, detail = "owner", owner_to_json(content)
        else:
            subject, detail = "document", to_json(content)
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": f"{subject}.{name}",
            "Detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
        }


def owner_to_json(event: OwnerEvent) -> dict[str, Any]:
    """Returns the content as docs/events/owner.json describes it."""
    content = _camel(asdict(event))
    return content | {"day": event.day.isoformat(), "at": format_rfc3339(event.at)}


def to_json(event: DocumentEvent) -> dict[str, Any]:
    """Returns the content as docs/events/document.json describes it."""
    content = _camel(asdict(event))
    content["renditions"] = {name: _camel(asdict(each)) for name, each in event.renditions.items()}
    content["metadata"] = dict(event.metadata)
    content["at"] = format_rfc3339(event.at)
    return content


def _camel(values: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel_case(field): value for field, value in values.items()}


def _measure(entry: Entry) -> int:
    return sum(len(value.encode()) for value in entry.values())
