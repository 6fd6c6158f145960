"""The signature of a webhook by Standard Webhooks: HMAC-SHA256 over id, time and body, once for each valid secret.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime


def sign(secrets: Sequence[str], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Returns the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. `secrets` are base64."""
    timestamp = str(int(now.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_digest(secret, content)}" for secret in secrets),
    }


def _digest(secret: str, content: bytes) -> str:
    digest = hmac.new(base64.b64decode(secret, validate=True), content, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
