"""AWS Signature Version 4 in the headers of a POST of JSON, as DynamoDB's API takes it.

The headers are those that botocore makes for the same input; the tests hold that.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from functions.signing.credentials import Credentials
from functions.signing.sigv4 import ALGORITHM, signing_key


class PostSigner:
    """For one service of one Region. `host` is as the Host header has it."""

    def __init__(self, service: str, region: str, host: str) -> None:
        self._service = service
        self._region = region
        self._host = host
        self._day = ("", "", b"")

    def headers(self, credentials: Credentials, target: str, body: bytes, now: datetime) -> dict[str, str]:
        """All headers of `POST /` but Host and Content-Length; `now` is aware and UTC."""
        amz_date = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{amz_date[:8]}/{self._region}/{self._service}/aws4_request"
        signed = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._host,
            "x-amz-date": amz_date,
            **({} if credentials.token is None else {"x-amz-security-token": credentials.token}),
            "x-amz-target": target,
        }
        names, lines = ";".join(signed), "".join([f"{name}:{value}\n" for name, value in signed.items()])
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        text = f"{ALGORITHM}\n{amz_date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key(credentials, scope), text.encode(), "sha256").hex()
        del signed["host"]
        signed["authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return signed

    def _key(self, credentials: Credentials, scope: str) -> bytes:
        secret, cached, key = self._day
        if (secret, cached) != (credentials.secret_key, scope):
            key = signing_key(credentials.secret_key, scope)
            self._day = (credentials.secret_key, scope, key)
        return key
