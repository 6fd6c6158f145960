"""The kinds of change a record can go through; each makes the next revision, and says what becomes of the owner's usage."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.core.document import Document, Status, Step
from functions.core.events import Transition

MAX_STEPS = 50
"""Of a history; the oldest go first. Only somebody who deletes and restores again and again ever gets there."""


def moved(
    document: Document, status: Status, now: datetime, *, reason: str | None = None, **changes: Any
) -> Document:
    """A step that clients see in the history."""
    history = (*document.history, Step(status, now, reason))[-MAX_STEPS:]
    return _revised(document, now, status=status, reason=reason, history=history, **changes)


def released(
    document: Document, status: Status, now: datetime, reason: str | None = None, **changes: Any
) -> Transition:
    """The end of an upload whose bytes are not kept."""
    after = moved(document, status, now, reason=reason, charged=0, lease_until=None, **changes)
    return Transition(document, after, charged=-document.charged, open_uploads=-1)


def unmoved(document: Document, now: datetime, **changes: Any) -> Transition:
    """A change that clients do not see as a step."""
    return Transition(document, _revised(document, now, **changes))


def leased(document: Document, now: datetime) -> bool:
    return document.lease_until is not None and now < document.lease_until


def _revised(document: Document, now: datetime, **changes: Any) -> Document:
    return replace(document, revision=document.revision + 1, updated_at=now, **changes)
