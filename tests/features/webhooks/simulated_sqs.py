"""A queue of SQS whose time is that of a test, and which refuses what SQS refuses."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import EndpointConnectionError

HOUR = 3_600
_MAX_DELAY, _MAX_HIDDEN, _VISIBILITY = 900, 12 * HOUR, 60
_RETENTION = 4 * 24 * HOUR


@dataclass
class Message:
    """One message. `received` is the time of its last receipt, after which it is hidden for no more than 12 hours."""

    id: str
    body: str
    attributes: dict[str, Any]
    sent: float
    visible: float
    received: float = 0


@dataclass
class SimulatedSQS:
    """Implements the operations of boto3's client that a delivery needs, for a queue and its dead letters."""

    now: float
    messages: dict[str, Message] = field(default_factory=dict)
    dead: list[Message] = field(default_factory=list)
    is_down: bool = False
    _ids: Any = field(default_factory=count)

    def put(self, body: str) -> None:
        """Sends a message as a rule of EventBridge does."""
        self.send_message(QueueUrl="queue", MessageBody=body)

    def send_message(self, **request: Any) -> None:
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="https://sqs.example")
        delay = request.get("DelaySeconds", 0)
        assert type(delay) is int
        assert 0 <= delay <= _MAX_DELAY
        id, attributes = f"m{next(self._ids)}", request.get("MessageAttributes", {})
        message = Message(id, request["MessageBody"], attributes, self.now, self.now + delay)
        if request["QueueUrl"] == "dead":
            self.dead.append(message)
        else:
            self.messages[id] = message

    def change_message_visibility(self, **request: Any) -> None:
        message, seconds = self.messages[request["ReceiptHandle"]], request["VisibilityTimeout"]
        assert request["QueueUrl"] == "queue"
        assert type(seconds) is int
        assert self.now + seconds <= message.received + _MAX_HIDDEN
        message.visible = self.now + seconds

    def receive(self, size: int) -> list[dict[str, Any]]:
        """Returns the records of a batch as Lambda passes them."""
        due = [each for each in self.messages.values() if each.visible <= self.now][:size]
        for message in due:
            assert self.now - message.sent < _RETENTION
            message.received, message.visible = self.now, self.now + _VISIBILITY
        return [_record(message) for message in due]

    def delete(self, id: str) -> None:
        self.messages.pop(id, None)

    def advance(self) -> None:
        """Moves the time to the next visible message."""
        self.now = max(self.now, min(message.visible for message in self.messages.values()))


def _record(message: Message) -> dict[str, Any]:
    attributes = {
        name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
        for name, value in message.attributes.items()
    }
    return {
        "messageId": message.id,
        "receiptHandle": message.id,
        "body": message.body,
        "messageAttributes": attributes,
    }
