"""The check of calls that CloudFront has not sent, of the functions of the API."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

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
    from functions.wiring.secrets import create_secret_request

    return EdgeSecrets(create_secret_request(_read_settings()["secret"]))


def _read_settings() -> dict[str, Any]:
    chosen: dict[str, Any] = json.loads(settings().edge)
    return chosen
