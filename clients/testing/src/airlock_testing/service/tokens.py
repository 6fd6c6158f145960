"""The issuer of access tokens: any user gets one. It signs with a key of its own, and publishes that as JWKS."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

_ALGORITHM = "RS256"
"""API Gateway accepts RSA only. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html"""
CLIENT_ID = "airlock-testing"


class Issuer:
    """Signs tokens and verifies them as API Gateway does: signature, issuer, client and expiry."""

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        self.url = url
        self._now = now
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": _ALGORITHM, "kid": uuid.uuid4().hex})

    def issue(self, user: str, lifetime: timedelta, claims: Mapping[str, Any]) -> str:
        """Returns an access token of this user. `claims` are added, or replace those of the token."""
        now = int(self._now().timestamp())
        usual = {
            "sub": user,
            "iss": self.url,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "scope": "airlock/files",
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": uuid.uuid4().hex,
        }
        header = {"alg": _ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, usual | dict(claims), self._key)

    def verify(self, token: str) -> dict[str, Any] | None:
        """Returns the claims, None for a token that is not valid now."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        # The subject of the token of a machine is its client.
        is_ours = claims.get("iss") == self.url and claims.get("client_id") in (CLIENT_ID, claims.get("sub"))
        expiry = claims.get("exp")
        is_valid = isinstance(expiry, int) and self._now().timestamp() < expiry
        return claims if is_ours and is_valid else None

    def key_set(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    def discovery(self) -> dict[str, Any]:
        """Returns the document that OpenID Connect Discovery 1.0 asks for, as far as it says how to verify a token."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": [_ALGORITHM],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }
