"""The queues of a deployment: each with its dead letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.template import read_template

_BATCH = 10
"""Messages that one ReceiveMessage returns (Amazon SQS API Reference)."""

_DEAD_LETTERS = "DeadLetters"


@dataclass(frozen=True)
class DeadLetterQueue:
    """One queue of dead letters. `name` is that of the construct, such as `ObjectCreated`."""

    name: str
    url: str
    source_url: str


def list_dead_letter_queues(deployment: Deployment) -> list[DeadLetterQueue]:
    """Returns every queue of dead letters with the queue that they belong to. Raises OperateError."""
    template = read_template(deployment)
    queues = {
        queue.logical_id[:-8]: queue.physical_id for queue in template.list_resources("AWS::SQS::Queue")
    }
    return [
        DeadLetterQueue(
            name.removesuffix(_DEAD_LETTERS), url, queues[name.removesuffix(_DEAD_LETTERS) + "Queue"]
        )
        for name, url in queues.items()
        if name.endswith(_DEAD_LETTERS)
    ]


@dataclass(frozen=True)
class DeadLetters:
    """The messages of one queue of dead letters. Each method raises OperateError."""

    client: Any
    queue: DeadLetterQueue

    def count(self) -> int:
        """IAM action: sqs:GetQueueAttributes."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        with translate_errors():
            found = self.client.get_queue_attributes(QueueUrl=self.queue.url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def receive(self, hidden_for: int) -> Iterator[dict[str, Any]]:
        """Yields each message once, and hides it from others for so many seconds. IAM action: sqs:ReceiveMessage."""
        seen: set[str] = set()
        while True:
            with translate_errors():
                response = self.client.receive_message(
                    QueueUrl=self.queue.url,
                    MaxNumberOfMessages=_BATCH,
                    VisibilityTimeout=hidden_for,
                    WaitTimeSeconds=1,
                    AttributeNames=["SentTimestamp"],
                    MessageAttributeNames=["All"],
                )
            new = [each for each in response.get("Messages", []) if each["MessageId"] not in seen]
            if not new:
                return
            seen |= {each["MessageId"] for each in new}
            yield from new

    def show_again(self, messages: list[dict[str, Any]]) -> None:
        """Ends the time for which messages are hidden. IAM action: sqs:ChangeMessageVisibility."""
        for message in messages:
            with translate_errors():
                self.client.change_message_visibility(
                    QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )

    def put_back(self, message: dict[str, Any]) -> None:
        """Sends a message to its queue, then deletes the dead letter. A crash in between sends it twice, which is safe.

        The message attributes stay behind, so that its age and its retries start anew. IAM actions: sqs:SendMessage,
        sqs:DeleteMessage.
        """
        with translate_errors():
            self.client.send_message(QueueUrl=self.queue.source_url, MessageBody=message["Body"])
            self.client.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
