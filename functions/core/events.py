"""What can happen to a document, and what the state machine answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from functions.core.document import Document


@dataclass(frozen=True, slots=True)
class Arrived:
    """S3 says that a version of the staged object exists."""

    version: str


@dataclass(frozen=True, slots=True)
class Vanished:
    """S3 says that this version of the staged object is not there any more."""

    version: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Inspection found a reason, a code of `functions.core.inspection`; `content_type` is what the bytes are."""

    attempt: int
    reason: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class CopyStarted:
    """A copy in parts has begun; whoever continues it needs its upload id."""

    attempt: int
    upload_id: str


@dataclass(frozen=True, slots=True)
class Paused:
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
class WindowSigned:
    """The client is still at it: its upload may last until `deadline`."""

    deadline: datetime


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
class RedriveOrdered:
    """An operator has mended what made a document fail."""


@dataclass(frozen=True, slots=True)
class DeleteRequested:
    """The owner wants it gone; until `purge_at` it can be had back."""

    purge_at: datetime


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    pass


@dataclass(frozen=True, slots=True)
class PurgeClaimed:
    """Somebody is about to remove every byte."""


@dataclass(frozen=True, slots=True)
class Purged:
    """S3 lists nothing of the document any more."""

    attempt: int


Event = (
    Arrived
    | Vanished
    | Refused
    | CopyStarted
    | Paused
    | Promoted
    | AttemptFailed
    | AbortRequested
    | WindowSigned
    | CompleteRequested
    | CompleteFailed
    | DeadlinePassed
    | RedriveOrdered
    | DeleteRequested
    | RestoreRequested
    | PurgeClaimed
    | Purged
)


class Refusal(Enum):
    """Why an event changes nothing."""

    DONE_ALREADY = auto()
    """A repeat of what the record shows; the caller may answer as if it had just happened."""
    SUPERFLUOUS = auto()
    """Bytes that no record waits for: this version may be deleted."""
    LEASED = auto()
    """Somebody else is working on it; come back later."""
    OVERTAKEN = auto()
    """A later attempt, or another outcome, has taken over: what the caller did counts for nothing."""
    TOO_LATE = auto()
    """The upload's deadline has passed."""
    WRONG_STATE = auto()


@dataclass(frozen=True, slots=True)
class Transition:
    """One conditional write: `after` replaces `before`, and the owner's usage changes with it.

    `charged` is the change in charged bytes, `open_uploads` the change in uploads under way.
    """

    before: Document
    after: Document
    charged: int = 0
    open_uploads: int = 0
