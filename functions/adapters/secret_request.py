"""One request to Secrets Manager, based on the standard library.

A function that only signs URLs starts without boto3, whose import takes longer than all else that it does.

IAM action: secretsmanager:GetSecretValue.
"""

import http.client
import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.signing.credentials import Credentials
from functions.signing.sigv4_post import PostSigner

_TARGET = "secretsmanager.GetSecretValue"
_SECONDS = 2
"""Timeout of connecting and of the response. A client of the API waits for it."""


class SecretRequest:
    """Reads the current value of one secret. `origin` is, for example, `https://secretsmanager.eu-west-1.amazonaws.com`."""

    def __init__(
        self, origin: str, region: str, secret_id: str, credentials: Callable[[], Credentials]
    ) -> None:
        parts = urlsplit(origin)
        self._is_tls = parts.scheme == "https"
        self._host = parts.netloc
        self._body = json.dumps({"SecretId": secret_id}).encode()
        self._credentials = credentials
        self._signer = PostSigner("secretsmanager", region, parts.netloc, json_version="1.1")

    def __call__(self) -> str:
        """Returns the value. Raises Unavailable for every fault, which never contains the value."""
        try:
            status, content = self._exchange()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unavailable("no response") from error
        if status != http.client.OK:
            raise _unavailable(str(content.get("__type", status)))
        return str(content["SecretString"])

    def _exchange(self) -> tuple[int, dict[str, str]]:
        headers = self._signer.sign(self._credentials(), _TARGET, self._body, datetime.now(UTC))
        kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        connection = kind(self._host, timeout=_SECONDS)
        try:
            connection.request("POST", "/", self._body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(
        Code.STORAGE_UNAVAILABLE, f"Secrets Manager is unavailable ({reason}); try again.", retry_after=1
    )
