"""The queue of a webhook endpoint. A message that waits carries the number of its failed attempts and the time of the next one.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

import math
from typing import TYPE_CHECKING

from functions.adapters.sqs_requests import hide_message, send_message
from functions.domain.queues import MAX_DELAY
from functions.domain.webhooks import PendingDelivery

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

    def send_anew(self, delivery: PendingDelivery, delay: float) -> None:
        attributes = {
            "attempts": _number(delivery.attempts),
            "dueAt": _number(round(delivery.due_at * 1000)),
        }
        seconds = min(math.ceil(delay), MAX_DELAY)
        send_message(
            self._client,
            QueueUrl=self._url,
            MessageBody=delivery.body,
            DelaySeconds=seconds,
            MessageAttributes=attributes,
        )

    def hide(self, delivery: PendingDelivery, seconds: float) -> None:
        """On an error, the visibility timeout of the queue applies, and the message comes earlier."""
        hide_message(self._client, self._url, delivery.receipt_handle, min(math.ceil(seconds), _MAX_HIDDEN))

    def bury(self, delivery: PendingDelivery, reason: str) -> None:
        attributes = {
            "attempts": _number(delivery.attempts),
            "reason": {"DataType": "String", "StringValue": reason},
        }
        send_message(
            self._client,
            QueueUrl=self._dead_letters_url,
            MessageBody=delivery.body,
            MessageAttributes=attributes,
        )


def _number(value: int) -> dict[str, str]:
    return {"DataType": "Number", "StringValue": str(value)}
