"""Events that are forwarded to a URL of a developer, as webhooks are sent, but once, and without a URL to download.

The signature is that of Standard Webhooks: HMAC-SHA256 over id, time and body.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

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
        return SECRET_PREFIX + base64.b64encode(self.key).decode()

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
            **self._sign(_message_id(detail), datetime.now(UTC), body),
        }
        try:
            return str(request("POST", self.url, headers=headers, body=body).status)
        except OperateError as error:
            return str(error)

    def _sign(self, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        content = b".".join((message_id.encode(), timestamp.encode(), body))
        digest = hmac.new(self.key, content, hashlib.sha256).digest()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }


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
