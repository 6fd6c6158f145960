"""A queue on virtual time, with SQS's delays and visibility timeout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.domain.queues import REPUBLISHED, Message
from tests.examples import BUCKET, Clock

VISIBILITY_TIMEOUT = timedelta(minutes=15)


@dataclass
class VirtualQueue:
    """Implements `functions.domain.queues.MessageQueue` and `UploadEvents` on the clock. `waiting` is (visible at, message)."""

    clock: Clock
    waiting: list[tuple[datetime, Message]] = field(default_factory=list)
    buried: list[Message] = field(default_factory=list)
    sent: int = 0

    def notify(self, key: str, version: str) -> None:
        """Sends the event as S3 does."""
        self._send_event("ObjectCreated:Put", key, version)

    def republish(self, key: str, version: str) -> None:
        self._send_event(REPUBLISHED, key, version)

    def _send_event(self, name: str, key: str, version: str) -> None:
        stored = {"key": key, "versionId": version}
        self.send({"Records": [{"eventName": name, "s3": {"bucket": {"name": BUCKET}, "object": stored}}]})

    def send(self, content: Mapping[str, Any]) -> None:
        body, now = json.dumps(content), self.clock().timestamp()
        self._send(
            Message(id="", receipt_handle="", body=body, deliveries=0, first_seen=now, times_sent=1), 0
        )

    def send_anew(self, message: Message, delay: int) -> None:
        assert 0 <= delay <= 900, "SQS delays a message by at most 15 minutes"
        self._send(replace(message, deliveries=0, times_sent=message.times_sent + 1), delay)

    def bury(self, message: Message) -> None:
        self.buried.append(message)

    def hide(self, message: Message, seconds: int) -> None:
        self.delete(message.id)
        self.waiting.append((self.clock() + timedelta(seconds=seconds), message))

    def receive(self) -> Message:
        """Receives the earliest message and hides it for the visibility timeout."""
        visible_at, message = min(self.waiting, key=lambda entry: entry[0])
        self.waiting.remove((visible_at, message))
        received = replace(message, deliveries=message.deliveries + 1)
        self.waiting.append((self.clock() + VISIBILITY_TIMEOUT, received))
        return received

    def delete(self, message_id: str) -> None:
        self.waiting = [entry for entry in self.waiting if entry[1].id != message_id]

    def _send(self, message: Message, delay: int) -> None:
        self.sent += 1
        sent = replace(message, id=str(self.sent), receipt_handle=str(self.sent))
        self.waiting.append((self.clock() + timedelta(seconds=delay), sent))


def to_record(message: Message) -> dict[str, Any]:
    """Returns the message as Lambda gives it to a function."""
    numbers = {"firstSeen": round(message.first_seen * 1000), "timesSent": message.times_sent}
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.deliveries)},
        "messageAttributes": {name: {"stringValue": str(value)} for name, value in numbers.items()},
    }
