"""The events that tell subscribers of one change: their content, and the port to the bus.

`docs/events/document.json` describes the content and is generated from these classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.domain.changes import Change
from functions.domain.document import Document, Status
from functions.domain.keys import rendition_key
from functions.domain.suspicion import OwnerChange, OwnerEvent

SCHEMA_VERSION = 1
"""Version of the content. It increases when a field is removed or changes its meaning, and not for a new field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRendition:
    """An object that a step made of the document. `size` is bytes, `width` and `height` are pixels."""

    key: str
    version_id: str
    content_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvent:
    """The content of an event: the document after the change.

    - `owner` is the owner key, never the claim. `actor` is the subject of the token that asked for the change.
    - `status` is that of the API, or `purged`. `code` is the reason of `rejected`, `failed` or `expired`.
    - `key` and `version_id` name the object of a ready document. There is none if only renditions were kept.
    - `at` is the time of the change in UTC.
    - `sequence` counts the document's changes from 1 without a gap: order and deduplicate by it.
    """

    schema_version: int
    id: str
    owner: str
    actor: str | None
    kind: str
    status: str
    code: str | None
    size: int
    content_type: str | None
    sha256: str | None
    bucket: str
    key: str | None
    version_id: str | None
    renditions: Mapping[str, EventRendition]
    metadata: Mapping[str, str]
    at: datetime
    sequence: int


EventName = Change | OwnerChange
Content = DocumentEvent | OwnerEvent


class Recorded(Protocol):
    """The content of one record of the table's stream, or a part of it. Events of one subject keep their order.

    `position` is the sequence number of the record.
    """

    @property
    def position(self) -> str: ...

    @property
    def subject(self) -> str: ...

    def to_event(self, bucket: str) -> tuple[EventName, Content]:
        """Returns the name and the content of its event. `bucket` is that of the deployment."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change of a document."""

    position: str
    change: Change
    document: Document

    @property
    def subject(self) -> str:
        return self.document.id

    def to_event(self, bucket: str) -> tuple[EventName, Content]:
        return self.change, build_event(self.document, bucket)


@dataclass(frozen=True, slots=True)
class RecordedSuspicion:
    """A counter of an owner that has passed its band."""

    position: str
    event: OwnerEvent

    @property
    def subject(self) -> str:
        return self.event.owner

    def to_event(self, _bucket: str) -> tuple[EventName, Content]:
        return OwnerChange.SUSPICIOUS, self.event


class EventBus(Protocol):
    """The bus of the deployment."""

    def send(self, events: Sequence[tuple[EventName, Content]]) -> int | None:
        """Sends up to 10 events of as many documents or owners. Returns the index of the first that failed, None if none did.

        A fault of the bus is a failure too. Events behind the failed one may have been sent.
        """


def build_event(document: Document, bucket: str) -> DocumentEvent:
    """Returns the event of the change that led to this revision of the document."""
    is_ready = document.status is Status.READY
    is_stored = is_ready and document.stored_version is not None
    return DocumentEvent(
        schema_version=SCHEMA_VERSION,
        id=document.id,
        owner=document.owner,
        actor=document.history[-1].actor if document.history else None,
        kind=document.kind,
        status=document.status.public_status.value,
        code=document.reason,
        size=document.size,
        content_type=document.content_type,
        sha256=document.sha256,
        bucket=bucket,
        key=document.documents_key if is_stored else None,
        version_id=document.stored_version if is_stored else None,
        renditions=_describe_renditions(document) if is_ready else {},
        metadata=document.metadata,
        at=document.updated_at,
        sequence=document.sequence,
    )


def _describe_renditions(document: Document) -> dict[str, EventRendition]:
    return {
        each.name: EventRendition(
            key=rendition_key(document.owner, document.id, each.step, each.name),
            version_id=each.version,
            content_type=each.content_type,
            size=each.size,
            sha256=each.sha256,
            width=each.width,
            height=each.height,
        )
        for each in document.renditions
    }
