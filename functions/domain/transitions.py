"""The kinds of change a record can go through; each makes the next revision, and says what becomes of the owner's usage."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.events import Transition

MAX_HISTORY = 50
"""Of a history; the oldest go first. Only somebody who deletes and restores again and again ever gets there."""


def change_status(
    document: Document, status: Status, now: datetime, *, reason: str | None = None, **changes: Any
) -> Document:
    """A step that clients see in the history."""
    history = (*document.history, HistoryEntry(status, now, reason))[-MAX_HISTORY:]
    return _next_revision(document, now, status=status, reason=reason, history=history, **changes)


def close_upload(
    document: Document, status: Status, now: datetime, reason: str | None = None, **changes: Any
) -> Transition:
    """The end of an upload whose bytes are not kept."""
    after = change_status(document, status, now, reason=reason, reserved_bytes=0, lease_until=None, **changes)
    return Transition(document, after, reserved_bytes=-document.reserved_bytes, open_uploads=-1)


def update(document: Document, now: datetime, **changes: Any) -> Transition:
    """A change that clients do not see as a step."""
    return Transition(document, _next_revision(document, now, **changes))


def has_lease(document: Document, now: datetime) -> bool:
    return document.lease_until is not None and now < document.lease_until


def _next_revision(document: Document, now: datetime, **changes: Any) -> Document:
    return replace(document, revision=document.revision + 1, updated_at=now, **changes)
