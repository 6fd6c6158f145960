"""An OpenID Connect issuer that signs any claims: discovery and keys over HTTP."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.journeys.origins import serve

_KEY_ID = "one"
_HOUR = 3600


@dataclass(frozen=True)
class Issuer:
    """`url` is the `iss` of its tokens. The API must be configured with `url` and `AUDIENCE`."""

    url: str
    key: rsa.RSAPrivateKey

    AUDIENCE = "the-app"
    SCOPE = "documents"

    def create_token(self, **claims: Any) -> str:
        """Returns a token of linus that is valid for an hour. `claims` change it; None removes a claim."""
        now = int(time.time())
        valid = {
            "iss": self.url,
            "aud": self.AUDIENCE,
            "sub": "linus",
            "scope": f"profile {self.SCOPE}",
            "iat": now - _HOUR,
            "exp": now + _HOUR,
        }
        return self._sign({name: value for name, value in (valid | claims).items() if value is not None})

    def _sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}
        text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{_base64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@contextmanager
def start_issuer() -> Iterator[Issuer]:
    key = create_key()
    documents: dict[str, Any] = {}
    with serve(_Handler, documents) as url:
        documents["/.well-known/openid-configuration"] = {"issuer": url, "jwks_uri": f"{url}/keys"}
        documents["/keys"] = {"keys": [_public(key)]}
        yield Issuer(url, key)


def create_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        document = self.server.state.get(self.path)  # type: ignore[attr-defined]
        body = json.dumps(document).encode()
        self.send_response(200 if document else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""


def _public(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID} | {
        name: _base64(value.to_bytes((value.bit_length() + 7) // 8))
        for name, value in (("n", numbers.n), ("e", numbers.e))
    }


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
