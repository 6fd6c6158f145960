"""Tokens of a sign-in."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tokens:
    """`expires_at` is the expiry of the access token in seconds since 1970."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float


def read_tokens(response: Mapping[str, Any], earlier: str | None = None) -> Tokens:
    """Returns the tokens of a token endpoint (RFC 6749). Without a new refresh token, the earlier one stays."""
    lifetime = float(response.get("expires_in") or 3600)
    refresh = response.get("refresh_token") or earlier
    return Tokens(str(response["access_token"]), refresh, time.time() + lifetime)
