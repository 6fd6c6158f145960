"""The queues of a deployment, in memory. Their times are those of the service's clock, so that a test can move through delays.

The functions send with boto3: `respond` answers the calls of SQS that they make.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

_ORIGIN = "https://sqs.eu-west-1.amazonaws.com/123456789012/"
_VISIBILITY = timedelta(minutes=5)
"""Time until a message that failed comes again, unless its consumer has chosen another."""


def queue_url(name: str) -> str:
    return _ORIGIN + name


def queue_name(url: str) -> str:
    return url.rpartition("/")[2]


@dataclass
class Message:
    """One message. `receipt` names one delivery of it."""

    id: str
    queue: str
    body: str
    attributes: Mapping[str, Any]
    sent_at: datetime
    due: datetime
    deliveries: int = 0

    @property
    def receipt(self) -> str:
        return f"{self.id}/{self.deliveries}"


@dataclass
class Queues:
    """All queues. `changed` is notified when a message or the time of one changes."""

    now: Callable[[], datetime]
    changed: threading.Condition = field(default_factory=threading.Condition)
    _messages: list[Message] = field(default_factory=list)
    _visibility: dict[str, timedelta] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def send(
        self,
        queue: str,
        body: str,
        delay: timedelta = timedelta(0),
        attributes: Mapping[str, Any] | None = None,
    ) -> str:
        """Returns the id of the new message."""
        with self.changed:
            sent_at, id = self.now(), f"message-{next(self._numbers)}"
            self._messages.append(Message(id, queue, body, attributes or {}, sent_at, sent_at + delay))
            self.changed.notify_all()
        return id

    def find_due(self, queues: frozenset[str]) -> Message | None:
        """Returns the message of these queues that is due for the longest time, None if none is due."""
        with self.changed:
            due = [each for each in self._messages if each.queue in queues and each.due <= self.now()]
            return min(due, key=lambda each: each.due, default=None)

    def seconds_until_due(self, queues: frozenset[str]) -> float | None:
        """Returns the time until a message of these queues is due, None if they are empty."""
        with self.changed:
            times = [each.due for each in self._messages if each.queue in queues]
            return max(0.0, (min(times) - self.now()).total_seconds()) if times else None

    def has(self, message: Message) -> bool:
        """Returns False for a message that a reset has removed meanwhile."""
        with self.changed:
            return message in self._messages

    def delete(self, message: Message) -> None:
        with self.changed:
            if message in self._messages:
                self._messages.remove(message)
            self.changed.notify_all()

    def delete_matching(self, queue: str, matches: Callable[[Any], bool]) -> None:
        """Deletes the messages of a queue whose JSON object `matches` accepts."""
        with self.changed:
            found = [
                each for each in self._messages if each.queue == queue and matches(parse_body(each.body))
            ]
            for message in found:
                self.delete(message)

    def wake(self) -> None:
        """Has consumers look at the time again."""
        with self.changed:
            self.changed.notify_all()

    def postpone(self, message: Message) -> None:
        """Makes a message that failed due again when its visibility timeout ends."""
        with self.changed:
            message.due = self.now() + self._visibility.pop(message.receipt, _VISIBILITY)
            self.changed.notify_all()

    def list_bodies(self, queue: str) -> list[str]:
        with self.changed:
            return [each.body for each in self._messages if each.queue == queue]

    def clear(self) -> None:
        with self.changed:
            self._messages.clear()
            self._visibility.clear()
            self.changed.notify_all()

    def respond(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the response of SQS. Raises NotImplementedError for an operation that no function calls."""
        if operation == "SendMessage":
            delay = timedelta(seconds=request.get("DelaySeconds", 0))
            queue = queue_name(request["QueueUrl"])
            return {
                "MessageId": self.send(
                    queue, request["MessageBody"], delay, request.get("MessageAttributes", {})
                )
            }
        if operation == "ChangeMessageVisibility":
            with self.changed:
                self._visibility[request["ReceiptHandle"]] = timedelta(seconds=request["VisibilityTimeout"])
            return {}
        raise NotImplementedError(operation)


def to_lambda_event(message: Message) -> dict[str, Any]:
    """Returns the event with which Lambda delivers one message. Lambda developer guide, "Using Lambda with Amazon SQS"."""
    attributes = {
        name: {"stringValue": each["StringValue"], "dataType": each["DataType"]}
        for name, each in message.attributes.items()
    }
    record = {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.deliveries),
            "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
        },
        "messageAttributes": attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:123456789012:{message.queue}",
        "awsRegion": "eu-west-1",
    }
    return {"Records": [record]}


def parse_body(text: str) -> Any:
    """Returns the JSON of a message, or its text if it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
