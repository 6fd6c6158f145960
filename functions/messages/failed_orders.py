"""Orders of an operator about failed documents, as the function `sweeps` receives them.

    {"redriveFailed": {"since": "2026-11-28T10:00:00Z", "code": "attempts_exhausted", "kind": "photo"}}

All fields are optional. An order without a filter says `"all": true`, so that nobody redrives everything by mistake.
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
from functions.messages.orders import InvalidOrderError, parse_cursor

_FIELDS = ("since", "code", "kind", "all", "cursor", "dryRun")


@dataclass(frozen=True, slots=True)
class FailedOrder:
    """A valid order."""

    query: FailedQuery
    cursor: FailedCursor | None
    dry_run: bool


def parse_failed_order(order: object) -> FailedOrder:
    """Returns the order of a payload. Raises InvalidOrderError."""
    if not isinstance(order, dict):
        raise InvalidOrderError("The order is a JSON object.")
    if unknown := [name for name in order if name not in _FIELDS]:
        raise InvalidOrderError(f"Unknown field `{unknown[0]}`; the fields are {', '.join(_FIELDS)}.")
    query = FailedQuery(since=_parse_since(order), code=_parse_code(order), kind=_parse_kind(order))
    is_all = _parse_flag(order, "all")
    if query == FailedQuery() and not is_all:
        raise InvalidOrderError('Name `since`, `code` or `kind`, or say `"all": true`.')
    if query != FailedQuery() and is_all:
        raise InvalidOrderError("`all` is for an order without `since`, `code` and `kind`.")
    cursor = parse_cursor(order.get("cursor"), FailedCursor.decode)
    return FailedOrder(query, cursor, _parse_flag(order, "dryRun"))


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


def _parse_since(order: Mapping[str, Any]) -> datetime | None:
    text = order.get("since")
    if text is None:
        return None
    try:
        since = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        since = None
    if since is None or since.utcoffset() is None:
        raise InvalidOrderError("`since` is a time with an offset, such as 2026-11-28T10:00:00Z.")
    return since


def _parse_code(order: Mapping[str, Any]) -> Code | None:
    text = order.get("code")
    if text is None:
        return None
    if text not in FAILURES:
        raise InvalidOrderError(f"`code` is one of {', '.join(sorted(FAILURES))}.")
    return Code.parse(text)


def _parse_kind(order: Mapping[str, Any]) -> str | None:
    kind = order.get("kind")
    if kind is not None and (not isinstance(kind, str) or not kind):
        raise InvalidOrderError("`kind` is the name of a kind.")
    return kind


def _parse_flag(order: Mapping[str, Any], name: str) -> bool:
    value = order.get(name, False)
    if not isinstance(value, bool):
        raise InvalidOrderError(f"`{name}` is true or false.")
    return value
