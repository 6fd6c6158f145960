"""The caller that a token names: an owner, or a machine that acts on behalf of one.

A machine token has the scope that the deployment names for it, which no user of the stack's user pool can get.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.keys import owner_key
from functions.http.claims import is_owner, read_actor, read_owner
from functions.http.routes import ROUTES

_OPERATIONS = frozenset(route.operation_id for route in ROUTES if route.is_for_machines)
MAX_OWNER = 255
"""Maximum length of the owner that a machine names."""

OnBehalfOf = Annotated[
    str | None,
    Query(
        alias="onBehalfOf",
        min_length=1,
        max_length=MAX_OWNER,
        description="The owner of the document, as the create named it. Only for a machine token, which finds what it has"
        " created itself.",
    ),
]


def identify(
    claims: Mapping[str, Any], owner_claim: str, service_scope: str, on_behalf_of: str | None = None
) -> Caller:
    """Returns the caller. `on_behalf_of` is the owner whom a machine acts for; without one it owns what it creates.

    `service_scope` is empty in a deployment that accepts no machine tokens. Raises AirlockError `token_use_invalid`,
    `tenant_missing` or `on_behalf_not_allowed`, or InvalidInput.
    """
    _check_use(claims)
    actor = read_actor(claims)
    if on_behalf_of is None:
        return Caller(owner_key(read_owner(claims, owner_claim)), actor)
    if actor is None or not is_machine(claims, service_scope):
        raise AirlockError(Code.ON_BEHALF_NOT_ALLOWED)
    if not is_owner(on_behalf_of):
        raise InvalidInput(Code.VALIDATION_FAILED, "This text names no owner.", field="onBehalfOf")
    return Caller(owner_key(on_behalf_of), actor, client=actor)


def check_token(claims: Mapping[str, Any], owner_claim: str, service_scope: str) -> None:
    """Raises AirlockError for a token that names neither an owner nor a machine."""
    _check_use(claims)
    if not is_machine(claims, service_scope):
        read_owner(claims, owner_claim)


def is_machine(claims: Mapping[str, Any], service_scope: str) -> bool:
    """True for the token of a machine: it has the scope, and if it is Cognito's, it is that of no user.

    The subject of Cognito's token for client credentials is the client itself. The gateway writes a list as `[a b]`.
    """
    granted = str(claims.get("scope") or claims.get("scp") or "").strip("[]").split()
    is_of_user = "token_use" in claims and claims.get("sub") != claims.get("client_id")
    return bool(service_scope) and service_scope in granted and not is_of_user


def _check_use(claims: Mapping[str, Any]) -> None:
    """The gateway checks signature, issuer, audience and expiry, but not what a token is for. Only Cognito sets `token_use`."""
    if claims.get("token_use", "access") != "access":
        raise AirlockError(Code.TOKEN_USE_INVALID, "Send the access token, not the ID token.")


def find_named_owner(
    event: Mapping[str, Any], claims: Mapping[str, Any], service_scope: str, operation: str
) -> str | None:
    """Returns the key of the owner whom a request of a machine names, for the audit trail. None if it names none."""
    if operation not in _OPERATIONS or not is_machine(claims, service_scope):
        return None
    named = (event.get("queryStringParameters") or {}).get("onBehalfOf") or _read_body(event)
    return owner_key(named) if named and is_owner(named) else None


def _read_body(event: Mapping[str, Any]) -> str | None:
    """Returns `onBehalfOf` of a create, None for a body that is none, which the resolver has refused."""
    try:
        parsed = json.loads(event.get("body") or "null")
    except (ValueError, RecursionError):
        return None
    value = parsed.get("onBehalfOf") if isinstance(parsed, dict) else None
    return value if isinstance(value, str) else None
