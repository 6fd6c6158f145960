"""What can happen to a document, and what the state machine answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from functions.domain.document import Document


@dataclass(frozen=True, slots=True)
class ObjectArrived:
    """S3 says that a version of the staged object exists."""

    version: str


@dataclass(frozen=True, slots=True)
class ObjectMissing:
    """S3 says that this version of the staged object is not there any more."""

    version: str


@dataclass(frozen=True, slots=True)
class InspectionFailed:
    """Inspection found a reason, a code of `functions.pipeline.inspection`; `content_type` is what the bytes are."""

    attempt: int
    reason: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class CopyStarted:
    """A copy in parts has begun; whoever continues it needs its upload id."""

    attempt: int
    upload_id: str


@dataclass(frozen=True, slots=True)
class CopyPaused:
    """Time ran out while a copy made progress; the next message continues it."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Promoted:
    """The copy under `documents/` exists; `sha256` is the one S3 computed, in hex, None where it computes none."""

    attempt: int
    content_type: str
    sha256: str | None
    version: str


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """Work on the claim stopped with an error; another attempt may do better."""

    attempt: int


@dataclass(frozen=True, slots=True)
class AbortRequested:
    pass


@dataclass(frozen=True, slots=True)
class PartUrlsSigned:
    """The client is still at it: its upload may last until `upload_deadline`."""

    upload_deadline: datetime


@dataclass(frozen=True, slots=True)
class CompleteRequested:
    pass


@dataclass(frozen=True, slots=True)
class CompleteFailed:
    """S3 refused to complete; the client may mend it and ask again."""

    attempt: int


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """Nothing has arrived, says whoever has looked."""


@dataclass(frozen=True, slots=True)
class RedriveRequested:
    """An operator has mended what made a document fail."""


@dataclass(frozen=True, slots=True)
class DeleteRequested:
    """The owner wants it gone; until `purge_after` it can be had back."""

    purge_after: datetime


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    pass


@dataclass(frozen=True, slots=True)
class PurgeStarted:
    """Somebody is about to remove every byte."""


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
