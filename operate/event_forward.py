"""Events that are forwarded to a URL of a developer, as webhooks are sent, but once, and without a URL to download.

The signature is that of webhooks.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from functions.features.webhooks.signature import sign
from operate.errors import OperateError
from operate.http import request

SECRET_PREFIX = "whsec_"  # noqa: S105 - the beginning of every secret


@dataclass(frozen=True)
class Forward:
    """Sends events to `url`. `key` signs them."""

    url: str
    key: bytes

    @property
    def secret(self) -> str:
        return SECRET_PREFIX + self._encoded_key

    @property
    def _encoded_key(self) -> str:
        return base64.b64encode(self.key).decode()

    def send(self, event: Mapping[str, Any]) -> str:
        """Returns the status of the response, or why there is none."""
        detail = event["detail"]
        content = {
            "type": event["detail-type"],
            "timestamp": detail["at"],
            "data": {**detail, "download": None},
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            **sign([self._encoded_key], _message_id(detail), datetime.now(UTC), body),
        }
        try:
            return str(request("POST", self.url, headers=headers, body=body).status)
        except OperateError as error:
            return str(error)


def parse_secret(secret: str | None) -> bytes:
    """Returns the key of a secret such as `whsec_MfKQ...`, and a new one for None. Raises OperateError."""
    if not secret:
        return secrets.token_bytes(32)
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise OperateError(f"the secret is not base64 behind {SECRET_PREFIX}") from None


def _message_id(detail: Mapping[str, Any]) -> str:
    """Returns an id that is the same for each copy of an event."""
    if "sequence" in detail:
        return f"msg_{detail['id']}_{detail['sequence']}"
    return f"msg_{detail['owner']}_{detail['day']}_{detail['counter']}"
