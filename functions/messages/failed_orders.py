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
from functions.domain.failed import FailedCursor, FailedQuery
from functions.domain.guards import FAILURES

_FIELDS = ("since", "code", "kind", "all", "cursor", "dryRun")


class InvalidOrderError(ValueError):
    """An order that cannot be followed. The message says what is wrong."""


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
    return FailedOrder(query, _parse_cursor(order), _parse_flag(order, "dryRun"))


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


def _parse_cursor(order: Mapping[str, Any]) -> FailedCursor | None:
    text = order.get("cursor")
    if text is None:
        return None
    try:
        return FailedCursor.decode(text)
    except (TypeError, ValueError):
        raise InvalidOrderError("`cursor` is the one that the call before returned.") from None
