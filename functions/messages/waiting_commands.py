"""Commands of an operator about documents that wait without end, as the function `sweeps` receives them.

    {"listWaiting": {"step": "review"}}                                           documents that wait for the step
    {"findWaiting": {"step": "review", "owner": "...", "documentId": "..."}}      this one, if it waits for the step

`cursor` of a list continues an earlier call. The responses name the version in staging that waits, and never sign anything.
"""

from typing import Any, NamedTuple

from functions.domain.document import Document
from functions.domain.index_pages import IndexCursor
from functions.messages.operator_commands import InvalidCommandError, parse_cursor

_NEEDED = "The command needs `step`, and to find a document `owner` and `documentId`."


class ListCommand(NamedTuple):
    """A valid command for a list."""

    step: str
    cursor: IndexCursor | None


class FindCommand(NamedTuple):
    """A valid command for one document."""

    step: str
    owner: str
    document_id: str


def parse_list_command(command: object) -> ListCommand:
    """Raises InvalidCommandError."""
    match command:
        case {"step": str(step), **more} if more.keys() <= {"cursor"}:
            return ListCommand(step, parse_cursor(more.get("cursor"), IndexCursor.decode))
    raise InvalidCommandError(_NEEDED)


def parse_find_command(command: object) -> FindCommand:
    """Raises InvalidCommandError."""
    match command:
        case {"step": str(step), "owner": str(owner), "documentId": str(document_id)}:
            return FindCommand(step, owner, document_id)
    raise InvalidCommandError(_NEEDED)


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
