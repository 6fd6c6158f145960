"""Commands of an operator about failed documents, as the function `sweeps` receives them.

    {"redriveFailed": {"since": "2026-11-28T10:00:00Z", "code": "attempts_exhausted", "kind": "photo"}}

All fields are optional. A command without a filter says `"all": true`, so that nobody redrives everything by mistake.
`cursor` continues an earlier call with the same fields. `dryRun` changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.failed import FailedCursor, FailedQuery
from functions.domain.guards import FAILURES
from functions.messages.operator_commands import InvalidCommandError, parse_cursor

_FIELDS = ("since", "code", "kind", "all", "cursor", "dryRun")


@dataclass(frozen=True, slots=True)
class FailedCommand:
    """A valid command."""

    query: FailedQuery
    cursor: FailedCursor | None
    dry_run: bool


def parse_failed_command(command: object) -> FailedCommand:
    """Returns the command of a payload. Raises InvalidCommandError."""
    if not isinstance(command, dict):
        raise InvalidCommandError("The command is a JSON object.")
    if unknown := [name for name in command if name not in _FIELDS]:
        raise InvalidCommandError(f"Unknown field `{unknown[0]}`; the fields are {', '.join(_FIELDS)}.")
    query = FailedQuery(since=_parse_since(command), code=_parse_code(command), kind=_parse_kind(command))
    is_all = _parse_flag(command, "all")
    if query == FailedQuery() and not is_all:
        raise InvalidCommandError('Name `since`, `code` or `kind`, or say `"all": true`.')
    if query != FailedQuery() and is_all:
        raise InvalidCommandError("`all` is for a command without `since`, `code` and `kind`.")
    cursor = parse_cursor(command.get("cursor"), FailedCursor.decode)
    return FailedCommand(query, cursor, _parse_flag(command, "dryRun"))


def describe_failed(document: Document) -> dict[str, Any]:
    """Returns the JSON of a failed document."""
    return {
        "owner": document.owner,
        "documentId": document.id,
        "kind": document.kind,
        "code": document.reason,
        "size": document.size,
        "failedAt": document.failed_at and document.failed_at.isoformat(),
    }


def _parse_since(command: Mapping[str, Any]) -> datetime | None:
    text = command.get("since")
    if text is None:
        return None
    try:
        since = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        since = None
    if since is None or since.utcoffset() is None:
        raise InvalidCommandError("`since` is a time with an offset, such as 2026-11-28T10:00:00Z.")
    return since


def _parse_code(command: Mapping[str, Any]) -> Code | None:
    text = command.get("code")
    if text is None:
        return None
    if text not in FAILURES:
        raise InvalidCommandError(f"`code` is one of {', '.join(sorted(FAILURES))}.")
    return Code.parse(text)


def _parse_kind(command: Mapping[str, Any]) -> str | None:
    kind = command.get("kind")
    if kind is not None and (not isinstance(kind, str) or not kind):
        raise InvalidCommandError("`kind` is the name of a kind.")
    return kind


def _parse_flag(command: Mapping[str, Any], name: str) -> bool:
    value = command.get(name, False)
    if not isinstance(value, bool):
        raise InvalidCommandError(f"`{name}` is true or false.")
    return value
