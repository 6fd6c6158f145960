"""The queue of a webhook endpoint. A message that waits carries the number of its failed attempts and the time of the next one.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.codes import Code
from functions.domain.queues import MAX_DELAY
from functions.domain.webhooks import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MAX_HIDDEN = 11 * 3_600
"""Seconds. SQS hides a received message for at most 12 hours from its receipt.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""


class SQSDeliveryQueue:
    """Implements `functions.domain.webhooks.DeliveryQueue`. `dead_letters_url` is the URL of its dead-letter queue."""

    def __init__(self, client: "SQSClient", url: str, dead_letters_url: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url

    def send_again(self, delivery: Delivery, delay: float) -> None:
        attributes = {
            "attempts": _number(delivery.attempts),
            "dueAt": _number(round(delivery.due_at * 1000)),
        }
        seconds = min(math.ceil(delay), MAX_DELAY)
        self._send(
            QueueUrl=self._url,
            MessageBody=delivery.body,
            DelaySeconds=seconds,
            MessageAttributes=attributes,
        )

    def hide(self, delivery: Delivery, seconds: float) -> None:
        """On an error, the visibility timeout of the queue applies, and the message comes earlier."""
        timeout = min(math.ceil(seconds), _MAX_HIDDEN)
        with suppress(ClientError, ConnectionError, HTTPClientError):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=delivery.receipt_handle, VisibilityTimeout=timeout
            )

    def bury(self, delivery: Delivery, reason: str) -> None:
        attributes = {
            "attempts": _number(delivery.attempts),
            "reason": {"DataType": "String", "StringValue": reason},
        }
        self._send(QueueUrl=self._dead_letters_url, MessageBody=delivery.body, MessageAttributes=attributes)

    def _send(self, **message: Any) -> None:
        with unavailable_when_faulty(Code.QUEUE_UNAVAILABLE, "SQS"):
            self._client.send_message(**message)


def _number(value: int) -> dict[str, str]:
    return {"DataType": "Number", "StringValue": str(value)}
