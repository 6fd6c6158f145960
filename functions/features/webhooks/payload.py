"""The body of a webhook: the event as docs/events.md describes it and, while the document is ready, URLs that download it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.domain.content import StoredContent, find_content
from functions.domain.document import Document
from functions.domain.times import format_rfc3339
from functions.domain.webhooks import NotAnEventError
from functions.signing.sigv4 import SignedUrl

TEST = "webhook.test"
"""Type of the event that `operate webhooks test` sends. No document has changed."""

SignDownload = Callable[[StoredContent], SignedUrl]


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event of the bus. `detail` is as docs/events/document.json describes it."""

    type: str
    detail: Mapping[str, Any]

    @property
    def message_id(self) -> str:
        """The `webhook-id`: the same for each attempt, for each copy of the event, and for an event that is sent again."""
        return f"msg_{self.detail['id']}_{self.detail['sequence']}"

    @property
    def is_ready(self) -> bool:
        return bool(self.detail["status"] == "ready")


def parse_event(body: str) -> WebhookEvent:
    """Returns the event in a message of EventBridge. Raises NotAnEventError for anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAnEventError from None
    match content:
        case {
            "detail-type": str(type_name),
            "detail": {
                "id": str(),
                "owner": str(),
                "status": str(),
                "at": str(),
                "sequence": int(),
                **_more,
            } as detail,
        }:
            return WebhookEvent(type_name, detail)
    raise NotAnEventError


def build_payload(event: WebhookEvent, document: Document | None, sign: SignDownload) -> bytes:
    """Returns the JSON. `document` is the record of a document that is ready at this moment, None for any other."""
    data = dict(event.detail)
    if document is not None:
        data["download"] = _describe_download(document, None, sign)
        data["renditions"] = {
            name: {**rendition, "download": _describe_download(document, name, sign)}
            for name, rendition in data.get("renditions", {}).items()
        }
    else:
        data["download"] = None
    content = {"type": event.type, "timestamp": data["at"], "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _describe_download(document: Document, rendition: str | None, sign: SignDownload) -> dict[str, str]:
    """Returns a URL that is valid for minutes, and the route of the API that returns another one."""
    signed = sign(find_content(document, rendition))
    query = f"?rendition={rendition}" if rendition else ""
    return {
        "url": signed.url,
        "expiresAt": format_rfc3339(signed.expires_at, precision="seconds"),
        "route": f"/documents/{document.id}/download{query}",
    }
