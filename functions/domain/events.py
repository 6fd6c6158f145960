"""Events of a document, and the two possible results of a decision: a transition, or a reason why nothing changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from functions.domain.document import Document


@dataclass(frozen=True, slots=True)
class ObjectArrived:
    """S3 has this version of the staged object."""

    version: str


@dataclass(frozen=True, slots=True)
class ObjectMissing:
    """S3 no longer has this version of the staged object."""

    version: str


@dataclass(frozen=True, slots=True)
class InspectionFailed:
    """The bytes are rejected. `reason` is a code, `content_type` the detected type."""

    attempt: int
    reason: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class CopyStarted:
    """A copy in parts has started. Later invocations continue it by its upload id."""

    attempt: int
    upload_id: str


@dataclass(frozen=True, slots=True)
class CopyPaused:
    """The time of the invocation ran out while a copy made progress."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Promoted:
    """The copy under `documents/` exists. `sha256` is S3's, in hex, None where S3 computes none."""

    attempt: int
    content_type: str
    sha256: str | None
    version: str


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt ended with an error that a retry may cure."""

    attempt: int


@dataclass(frozen=True, slots=True)
class AbortRequested:
    """The client aborts the upload."""


@dataclass(frozen=True, slots=True)
class PartUrlsSigned:
    """The client is active, so its upload may last until `upload_deadline`."""

    upload_deadline: datetime


@dataclass(frozen=True, slots=True)
class CompleteRequested:
    """The client completes a multipart upload."""


@dataclass(frozen=True, slots=True)
class CompleteFailed:
    """S3 rejected the completion. The client may correct the parts and retry."""

    attempt: int


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The upload deadline is over and S3 has no object."""


@dataclass(frozen=True, slots=True)
class RedriveRequested:
    """An operator retries a failed document."""


@dataclass(frozen=True, slots=True)
class DeleteRequested:
    """The owner deletes the document. A restore is possible until `purge_after`."""

    purge_after: datetime


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    """The owner restores a deleted document."""


@dataclass(frozen=True, slots=True)
class PurgeStarted:
    """A worker is about to delete every byte."""


@dataclass(frozen=True, slots=True)
class PurgeCompleted:
    """S3 lists nothing of the document any more."""

    attempt: int


Event = (
    ObjectArrived
    | ObjectMissing
    | InspectionFailed
    | CopyStarted
    | CopyPaused
    | Promoted
    | AttemptFailed
    | AbortRequested
    | PartUrlsSigned
    | CompleteRequested
    | CompleteFailed
    | DeadlinePassed
    | RedriveRequested
    | DeleteRequested
    | RestoreRequested
    | PurgeStarted
    | PurgeCompleted
)


class Ignored(Enum):
    """Reason why an event changes nothing."""

    ALREADY_APPLIED = auto()
    """The record shows the effect already. The caller may respond as if it had just happened."""
    ORPHANED_VERSION = auto()
    """No record waits for these bytes. The caller may delete this version."""
    LEASED = auto()
    """Another attempt holds the lease. The caller retries later."""
    STALE_ATTEMPT = auto()
    """A later attempt or another outcome has taken over. The caller's result is dropped."""
    DEADLINE_EXCEEDED = auto()
    """The time for the upload, or for a restore, is over."""
    WRONG_STATE = auto()
    """The status does not allow the event."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One conditional write: `after` replaces `before`, and the owner's usage changes with it."""

    before: Document
    after: Document

    @property
    def reserved_bytes(self) -> int:
        """The change in the owner's reserved bytes."""
        return self.after.reserved_bytes - self.before.reserved_bytes

    @property
    def open_uploads(self) -> int:
        """The change in the owner's open uploads: -1, 0 or 1."""
        return self.after.is_in_progress - self.before.is_in_progress
