"""AWS Signature Version 4 in the headers of a POST request with a JSON body, as the APIs of DynamoDB and Secrets Manager expect it.

The headers equal those of botocore for the same input; `tests/signing/test_sigv4_post.py` compares them.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from functions.signing.credentials import Credentials
from functions.signing.sigv4 import ALGORITHM, derive_signing_key


class PostSigner:
    """Signs POST requests to one service of one Region.

    `host` is the value of the Host header, `json_version` that of the service's protocol.
    """

    def __init__(self, service: str, region: str, host: str, json_version: str = "1.0") -> None:
        self._content_type = f"application/x-amz-json-{json_version}"
        self._service = service
        self._region = region
        self._host = host
        self._cached_key = ("", "", b"")
        """(secret key, scope, signing key) of the last request."""

    def sign(self, credentials: Credentials, target: str, body: bytes, now: datetime) -> dict[str, str]:
        """Returns all headers of `POST /` except Host and Content-Length. `now` is an aware UTC datetime."""
        amz_date = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{amz_date[:8]}/{self._region}/{self._service}/aws4_request"
        headers = {
            "content-type": self._content_type,
            "host": self._host,
            "x-amz-date": amz_date,
            **({} if credentials.token is None else {"x-amz-security-token": credentials.token}),
            "x-amz-target": target,
        }
        names, lines = ";".join(headers), "".join([f"{name}:{value}\n" for name, value in headers.items()])
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        text = f"{ALGORITHM}\n{amz_date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._get_signing_key(credentials, scope), text.encode(), "sha256").hex()
        del headers["host"]
        headers["authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _get_signing_key(self, credentials: Credentials, scope: str) -> bytes:
        secret, cached_scope, key = self._cached_key
        if (secret, cached_scope) != (credentials.secret_key, scope):
            key = derive_signing_key(credentials.secret_key, scope)
            self._cached_key = (credentials.secret_key, scope, key)
        return key
