"""The requests to SQS about one message, and their faults.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.codes import Code

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


def send_message(client: "SQSClient", **message: Any) -> None:
    """Sends one message with these parameters of SQS. Raises Unavailable."""
    with unavailable_when_faulty(Code.QUEUE_UNAVAILABLE, "SQS"):
        client.send_message(**message)


def hide_message(client: "SQSClient", url: str, receipt_handle: str, seconds: int) -> None:
    """Makes a received message visible again after `seconds`. On an error, the visibility timeout of the queue applies."""
    with suppress(ClientError, ConnectionError, HTTPClientError):
        client.change_message_visibility(
            QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )
