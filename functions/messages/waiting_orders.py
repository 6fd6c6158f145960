"""Orders of an operator about documents that wait without end, as the function `sweeps` receives them.

    {"listWaiting": {"step": "review"}}                                           documents that wait for the step
    {"findWaiting": {"step": "review", "owner": "...", "documentId": "..."}}      this one, if it waits for the step

`cursor` of a list continues an earlier call. The responses name the version in staging that waits, and never sign anything.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.domain.document import Document
from functions.domain.index_pages import IndexCursor


class WaitingOrder(NamedTuple):
    """A valid order. `document` is the owner and the id of the document to find, None for a list."""

    step: str
    document: tuple[str, str] | None = None
    cursor: IndexCursor | None = None


class InvalidWaitingOrderError(ValueError):
    """An order that cannot be followed. The message says what is wrong."""


def is_waiting_order(event: Mapping[str, Any]) -> bool:
    return "listWaiting" in event or "findWaiting" in event


def parse_waiting_order(event: Mapping[str, Any]) -> WaitingOrder:
    """Raises InvalidWaitingOrderError."""
    match event:
        case {"listWaiting": {"step": str(step), **more}} if more.keys() <= {"cursor"}:
            return WaitingOrder(step, cursor=_parse_cursor(more.get("cursor")))
        case {"findWaiting": {"step": str(step), "owner": str(owner), "documentId": str(document_id)}}:
            return WaitingOrder(step, (owner, document_id))
    raise InvalidWaitingOrderError("The order needs `step`, and to find a document `owner` and `documentId`.")


def _parse_cursor(text: Any) -> IndexCursor | None:
    try:
        return None if text is None else IndexCursor.decode(text)
    except (TypeError, ValueError):
        raise InvalidWaitingOrderError("`cursor` is the one that the call before returned.") from None


def describe_waiting(document: Document) -> dict[str, Any]:
    """Returns the JSON of a document that waits, with the version in staging that a person looks at."""
    waiting = document.endless_step
    return {
        "owner": document.owner,
        "documentId": document.id,
        "kind": document.kind,
        "fileName": document.file_name,
        "contentType": document.content_type,
        "size": document.size,
        "waitingSince": waiting and waiting.at.isoformat(),
        "attempt": waiting and waiting.attempt,
        "key": document.staging_key,
        "versionId": document.staged_version,
    }
