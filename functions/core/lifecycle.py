"""The state machine: one pure function from a record and an event to the next record, or to a refusal.

    pending -> processing -> ready | rejected | failed
    pending -> aborted | expired

The arrival of the bytes and the claim to work on them are one write: two would cost twice, and nothing ever
waits between them. Whoever holds the claim has a lease and an attempt number; a later claim has a higher one, and
whatever an overtaken attempt still tries to write is refused.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from functions.core.document import Document, Status, Step

LEASE = timedelta(seconds=300)
"""As long as the function that holds it can live, so a lease never outlasts its holder by much."""

MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Arrived:
    """S3 says that a version of the staged object exists, with the declared size."""

    version: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Inspection found a reason, a code of `functions.core.inspection`; `content_type` is what the bytes are."""

    attempt: int
    reason: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Promoted:
    """The copy under `documents/` exists; `sha256` is the one S3 computed, in hex."""

    attempt: int
    content_type: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """Work on the claim stopped with an error; another attempt may do better."""

    attempt: int


@dataclass(frozen=True, slots=True)
class AbortRequested:
    pass


Event = Arrived | Refused | Promoted | AttemptFailed | AbortRequested


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


def decide(document: Document, event: Event, now: datetime) -> Transition | Refusal:
    """The only place where a status changes."""
    match event:
        case Arrived():
            return _arrived(document, event.version, now)
        case AbortRequested():
            return _aborted(document, now)
        case Refused() | Promoted() | AttemptFailed():
            return _attempt_ended(document, event, now)


def _arrived(document: Document, version: str, now: datetime) -> Transition | Refusal:
    if document.status is Status.PENDING:
        return _claim(document, version, now)
    if document.staged_version != version:
        return Refusal.SUPERFLUOUS
    if document.status is Status.FAILED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PROCESSING:
        return Refusal.SUPERFLUOUS
    if document.lease_until is not None and now < document.lease_until:
        return Refusal.LEASED
    if document.attempt >= MAX_ATTEMPTS:
        return _give_up(document, now)
    return _claim(document, version, now)


def _claim(document: Document, version: str, now: datetime) -> Transition:
    attempt = document.attempt + 1
    if document.status is Status.PROCESSING:
        return Transition(document, _touched(document, now, attempt=attempt, lease_until=now + LEASE))
    after = _moved(
        document, Status.PROCESSING, now, staged_version=version, attempt=attempt, lease_until=now + LEASE
    )
    return Transition(document, after)


def _attempt_ended(
    document: Document, event: Refused | Promoted | AttemptFailed, now: datetime
) -> Transition | Refusal:
    if document.status is not Status.PROCESSING or document.attempt != event.attempt:
        return Refusal.OVERTAKEN
    match event:
        case Refused():
            return _released(document, Status.REJECTED, now, event.reason, content_type=event.content_type)
        case Promoted():
            return _ready(document, event, now)
        case AttemptFailed() if document.attempt >= MAX_ATTEMPTS:
            return _give_up(document, now)
        case AttemptFailed():
            return Transition(document, _touched(document, now, lease_until=None))


def _ready(document: Document, event: Promoted, now: datetime) -> Transition:
    after = _moved(
        document,
        Status.READY,
        now,
        content_type=event.content_type,
        sha256=event.sha256,
        stored_version=event.version,
        lease_until=None,
    )
    return Transition(document, after, open_uploads=-1)


def _give_up(document: Document, now: datetime) -> Transition:
    """The bytes stay, and stay charged: an operator can look at them and try again."""
    after = _moved(document, Status.FAILED, now, reason="attempts_exhausted", lease_until=None)
    return Transition(document, after, open_uploads=-1)


def _aborted(document: Document, now: datetime) -> Transition | Refusal:
    if document.status is Status.ABORTED:
        return Refusal.DONE_ALREADY
    if document.status is not Status.PENDING:
        return Refusal.WRONG_STATE
    return _released(document, Status.ABORTED, now)


def _released(
    document: Document, status: Status, now: datetime, reason: str | None = None, **changes: Any
) -> Transition:
    after = _moved(document, status, now, reason=reason, charged=0, lease_until=None, **changes)
    return Transition(document, after, charged=-document.charged, open_uploads=-1)


def _moved(
    document: Document, status: Status, now: datetime, *, reason: str | None = None, **changes: Any
) -> Document:
    history = (*document.history, Step(status, now, reason))
    return _touched(document, now, status=status, reason=reason, history=history, **changes)


def _touched(document: Document, now: datetime, **changes: Any) -> Document:
    return replace(document, revision=document.revision + 1, updated_at=now, **changes)
