"""One attempt to deliver an event to an endpoint."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from functions.domain.document import Document, Status
from functions.domain.repository import DocumentRepository
from functions.domain.times import format_rfc3339
from functions.domain.webhooks import Attempt, AttemptOutcome, SendFailure, WebhookResponse, WebhookSender
from functions.features.webhooks.payload import TEST, SignDownload, WebhookEvent, build_payload, parse_event
from functions.features.webhooks.secrets import EndpointSecrets
from functions.features.webhooks.signature import sign

_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookService:
    """Delivers events to one endpoint. `sign_download` returns the function that signs URLs at the time of the attempt."""

    url: str
    sender: WebhookSender
    repository: DocumentRepository
    sign_download: Callable[[datetime], SignDownload]
    read_secrets: Callable[[], EndpointSecrets]
    clock: Callable[[], datetime]

    def deliver(self, body: str) -> Attempt:
        """Makes one attempt with a message of EventBridge. Raises NotAnEventError, and Unavailable."""
        return self._attempt(parse_event(body))

    def send_test(self, test_id: str) -> Attempt:
        """Sends an event of the type `webhook.test`, about no document. Raises Unavailable."""
        at = format_rfc3339(self.clock())
        detail = {"id": test_id, "owner": "", "status": "", "at": at, "sequence": 1}
        return self._attempt(WebhookEvent(TEST, detail))

    def _attempt(self, event: WebhookEvent) -> Attempt:
        """Everything is signed anew, because a receiver refuses signatures and S3 refuses URLs of some minutes ago."""
        document, secrets, now = self._find_ready(event), self.read_secrets(), self.clock()
        body = build_payload(event, document, self.sign_download(now))
        signature = sign(secrets.list_valid(now), event.message_id, now, body)
        headers = {"Content-Type": "application/json", **signature}
        judged = _judge(self.sender.post(self.url, headers, body), now)
        return replace(judged, webhook_id=event.message_id)

    def _find_ready(self, event: WebhookEvent) -> Document | None:
        """Returns the document unless it was deleted since the event, because the API gives no URL for such a one either."""
        if not event.is_ready:
            return None
        document = self.repository.get(event.detail["owner"], event.detail["id"])
        return document if document and document.status is Status.READY else None


def _judge(response: WebhookResponse | SendFailure, now: datetime) -> Attempt:
    """A redirect is a failure, because its target was not checked by the deployer."""
    if isinstance(response, SendFailure):
        return Attempt(AttemptOutcome.FAILED, response)
    reason = f"status_{response.status}"
    if 200 <= response.status < 300:
        return Attempt(AttemptOutcome.DELIVERED, reason)
    if response.status == _GONE:
        return Attempt(AttemptOutcome.GONE, reason)
    return Attempt(AttemptOutcome.FAILED, reason, parse_retry_after(response.retry_after, now))


def parse_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Returns the wait that a header of seconds or with a date asks for, None for one that is neither.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return timedelta(seconds=int(header)) if len(header) < 10 else timedelta.max
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return max(date - now, timedelta(0)) if date.tzinfo else None
