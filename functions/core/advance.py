"""The one way in which a record changes: decide on what is there, write on condition, and on a conflict look again."""

from collections.abc import Callable
from datetime import datetime

from functions.core.document import Document
from functions.core.errors import Unavailable, document_not_found
from functions.core.events import Event, Refusal
from functions.core.lifecycle import decide
from functions.core.ports import Conflict, Records

_TRIES = 5


def advance(
    records: Records, document: Document, event: Event, clock: Callable[[], datetime]
) -> Document | Refusal:
    """The record after the event, or why it changes nothing. `document` may be out of date.

    Raises Unavailable `busy` when others are always faster, and NotFound for a record that has vanished meanwhile.
    """
    for _ in range(_TRIES):
        decision = decide(document, event, clock())
        if isinstance(decision, Refusal):
            return decision
        try:
            records.apply(decision)
        except Conflict:
            document = _again(records, document)
        else:
            return decision.after
    raise Unavailable("busy", "The document is changing too fast; try again.", retry_after=1)


def _again(records: Records, document: Document) -> Document:
    found = records.get(document.owner, document.id)
    if found is None:
        raise document_not_found()
    return found
