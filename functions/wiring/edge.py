"""The check of calls that CloudFront has not sent, of the functions of the API."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from functions import clients
from functions.adapters.credentials import credentials_from_environment
from functions.signing.endpoint import regional_host
from functions.wiring import settings

if TYPE_CHECKING:
    from functions.adapters.edge_secrets import EdgeSecrets
    from functions.domain.edge import Edge


@cache
def edge() -> "Edge | None":
    """Returns the check, None for a deployment without CloudFront in front of its API."""
    if not settings().edge:
        return None
    from functions.domain.edge import Edge

    return Edge(_secrets(), is_required=_read_settings()["required"])


def read_edge_secrets() -> None:
    """Reads the secret before the first request, if the deployment has one."""
    if settings().edge:
        _secrets().load()


@cache
def _secrets() -> "EdgeSecrets":
    from functions.adapters.edge_secrets import EdgeSecrets
    from functions.adapters.secret_request import SecretRequest

    region = clients.region()
    host = regional_host("secretsmanager", region)
    origin = clients.endpoint_override("SECRETS_MANAGER") or f"https://{host}"
    secret = _read_settings()["secret"]
    return EdgeSecrets(SecretRequest(origin, region, secret, credentials_from_environment))


def _read_settings() -> dict[str, Any]:
    chosen: dict[str, Any] = json.loads(settings().edge)
    return chosen
