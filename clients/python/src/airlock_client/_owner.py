"""The owner whom a machine names in its requests."""

import re
from collections.abc import Mapping
from typing import Any

from airlock_client.errors import AirlockError

_CREATES = frozenset({"POST /documents", "POST /documents/batch"})
_ABOUT_A_DOCUMENT = re.compile(
    r"(GET|DELETE) /documents/[^/]+"
    r"|GET /documents/[^/]+/(parts|download|content)"
    r"|POST /documents/[^/]+/(parts|complete|abort|claim)"
)
_OF_THE_DEPLOYMENT = frozenset({"GET /kinds", "GET /.well-known/jwks.json"})


def name_owner(
    owner: str, method: str, path: str, body: Any, params: Mapping[str, str] | None
) -> tuple[Any, Mapping[str, str] | None]:
    """Returns the body and the query with the owner: a create has it in its body, a request about one document in its query.

    Raises AirlockError `on_behalf_not_offered` for a request that the API answers for the machine alone (docs/back-ends.md).
    """
    request = f"{method} {path}"
    if request in _CREATES:
        return {**body, "onBehalfOf": owner}, params
    if _ABOUT_A_DOCUMENT.fullmatch(request):
        return body, {**(params or {}), "onBehalfOf": owner}
    if request in _OF_THE_DEPLOYMENT:
        return body, params
    raise AirlockError("on_behalf_not_offered", "The API does not offer this request on behalf of an owner.")
