"""An endpoint, its queue and its function with a time that a test moves, and a receiver that verifies what it gets."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from functions.adapters.delivery_queue import SQSDeliveryQueue
from functions.adapters.eventbridge import to_json
from functions.domain.codes import Code
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.document_events import build_event
from functions.domain.errors import Unavailable
from functions.domain.webhooks import SendFailure, WebhookResponse
from functions.features.webhooks.delivery import WebhookService
from functions.features.webhooks.payload import SignDownload
from functions.features.webhooks.secrets import EndpointSecrets
from functions.messages.deliveries import DeliveryConfig, process_deliveries
from functions.signing.presigning import sign_download
from tests.examples import BUCKET, NOW, PLENTY, SIGNER, a_document, an_id
from tests.fakes import InMemoryDocuments
from tests.features.webhooks.simulated_sqs import SimulatedSQS

URL = "https://hooks.example.com/documents?token=in-the-url"
SECRETS = EndpointSecrets(base64.b64encode(b"a-secret-of-at-least-24-bytes!").decode())
BATCH = 5

Answer = WebhookResponse | SendFailure
Behave = Callable[[float], Answer]
"""Takes the seconds since the start of the test."""


def respond(status: int, retry_after: str | None = None) -> Answer:
    return WebhookResponse(status, retry_after)


@dataclass(frozen=True)
class Received:
    """One request that reached the receiver."""

    seconds: float
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Implements `WebhookSender`."""

    clock: Callable[[], float]
    behave: Behave
    received: list[Received] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert url == URL
        self.received.append(Received(self.clock(), dict(headers), body))
        return self.behave(self.clock())


@dataclass
class World:
    """Everything of one endpoint. `start` is the time of the first event in epoch seconds."""

    behave: Behave
    secrets: EndpointSecrets = SECRETS
    sqs: SimulatedSQS = field(default_factory=lambda: SimulatedSQS(NOW.timestamp()))
    documents: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    faults: int = 0
    """Number of next reads of the secret that meet a fault of AWS."""
    crash_after_sends: int = 0
    """Number of next invocations that end after their work, before Lambda deletes the messages."""

    def __post_init__(self) -> None:
        self.receiver = Receiver(self.seconds, self.behave)

    def seconds(self) -> float:
        return self.sqs.now - NOW.timestamp()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sqs.now, UTC)

    def publish(self, document: Document, change: str = "ready") -> str:
        """Stores the record, puts its event into the queue and returns the webhook-id."""
        if self.documents.get(document.owner, document.id) is None:
            self.documents.create(document, PLENTY, None, NOW)
        detail = to_json(build_event(document, BUCKET))
        self.sqs.put(json.dumps({"source": "airlock", "detail-type": f"document.{change}", "detail": detail}))
        return f"msg_{document.id}_{document.sequence}"

    def service(self) -> WebhookService:
        return WebhookService(
            url=URL,
            sender=self.receiver,
            repository=self.documents,
            sign_download=self._sign_download,
            read_secrets=self._read_secrets,
            clock=self.now,
        )

    def invoke(self) -> None:
        """Invokes the function with the messages that are visible, as Lambda does."""
        records = self.sqs.receive(BATCH)
        result = process_deliveries({"Records": records}, self._config())
        if self.crash_after_sends:
            self.crash_after_sends -= 1
            return
        kept = {each["itemIdentifier"] for each in result["batchItemFailures"]}
        for record in records:
            if record["messageId"] not in kept:
                self.sqs.delete(record["messageId"])

    def run(self, until: timedelta = timedelta(days=5)) -> None:
        """Runs until the queue is empty, or until that time."""
        while self.sqs.messages:
            self.sqs.advance()
            if self.seconds() > until.total_seconds():
                return
            self.invoke()

    def _config(self) -> DeliveryConfig:
        queue = SQSDeliveryQueue(cast(Any, self.sqs), "queue", "dead")
        return DeliveryConfig(
            endpoint="crm",
            attempt=self.service().deliver,
            queue=queue,
            clock=lambda: self.sqs.now,
            has_time=lambda: True,
        )

    def _read_secrets(self) -> EndpointSecrets:
        if self.faults:
            self.faults -= 1
            raise Unavailable(Code.SIGNING_UNAVAILABLE)
        return self.secrets

    def _sign_download(self, now: datetime) -> SignDownload:
        return lambda content: sign_download(SIGNER, content, inline=False, lifetime=300, now=now)


def ready_document(number: int = 0, **changes: Any) -> Document:
    values: dict[str, Any] = {
        "id": an_id(number),
        "status": Status.READY,
        "content_type": "image/png",
        "sha256": "ab" * 32,
        "stored_version": "d1",
        "sequence": 3,
        "history": (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, NOW)),
    }
    return a_document(**values | changes)


def attempts_of(world: World, webhook_id: str) -> list[float]:
    """Returns the times of the requests with this id."""
    return [each.seconds for each in world.receiver.received if each.id == webhook_id]


def script(answers: Sequence[Answer]) -> Behave:
    """Returns these answers in turn, and the last one for ever."""
    rest = list(answers)
    return lambda _seconds: rest.pop(0) if len(rest) > 1 else rest[0]
