"""The owner whom a machine names in its requests."""

from collections.abc import Mapping
from typing import Any

_CREATES = frozenset({"/documents", "/documents/batch"})


def name_owner(
    owner: str, method: str, path: str, body: Any, params: Mapping[str, str] | None
) -> tuple[Any, Mapping[str, str] | None]:
    """Returns the body and the query with the owner: a create has it in its body, a request about one document in its query."""
    if method == "POST" and path in _CREATES:
        return {**body, "onBehalfOf": owner}, params
    if path.startswith("/documents/") and path != "/documents/batch-delete":
        return body, {**(params or {}), "onBehalfOf": owner}
    return body, params
