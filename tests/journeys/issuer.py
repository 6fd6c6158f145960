"""An OpenID Connect issuer of the test's own, so that it can sign any claims it likes: discovery and keys over HTTP."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_KEY_ID = "one"
_HOUR = 3600


@dataclass(frozen=True)
class Issuer:
    """`url` is what its tokens say in `iss`. The API that it is for has to be told `url` and `AUDIENCE`."""

    url: str
    key: rsa.RSAPrivateKey

    AUDIENCE = "the-app"
    SCOPE = "documents"

    def token(self, **claims: Any) -> str:
        """Good for an hour, for somebody called linus, unless `claims` say otherwise; None leaves a claim out."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": self.AUDIENCE,
            "sub": "linus",
            "scope": f"profile {self.SCOPE}",
            "iat": now - _HOUR,
            "exp": now + _HOUR,
        }
        return self._signed({name: value for name, value in (good | claims).items() if value is not None})

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}
        text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{_base64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@contextmanager
def serving_issuer() -> Iterator[Issuer]:
    key = new_key()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    server.answers = {  # type: ignore[attr-defined]
        "/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/keys"},
        "/keys": {"keys": [_public(key)]},
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Issuer(url, key)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = self.server.answers.get(self.path)  # type: ignore[attr-defined]
        body = json.dumps(answer).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _public(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID} | {
        name: _base64(value.to_bytes((value.bit_length() + 7) // 8))
        for name, value in (("n", numbers.n), ("e", numbers.e))
    }


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
