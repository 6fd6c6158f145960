"""The queue of S3's events, from the side of those who put a message back into it.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

import json
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.core.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsArrivals:
    """Implements `functions.core.ports.Arrivals`."""

    def __init__(self, client: "SQSClient", queue_url: str, bucket: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._bucket = bucket

    def announce(self, key: str, version: str) -> None:
        """The fields of S3's own notification that this service reads, and no other."""
        # Form-encoded, as S3's own events have it.
        staged = {"key": quote_plus(key, safe="/"), "versionId": version}
        entry = {"bucket": {"name": self._bucket}, "object": staged}
        body = {"Records": [{"eventName": "ObjectCreated:Announced", "s3": entry}]}
        try:
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body))
        except (ClientError, ConnectionError, HTTPClientError) as error:
            raise Unavailable("queue_unavailable", "The queue is busy.", retry_after=1) from error

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Show a message of the current batch again after `seconds`. Best effort: its own timeout stays as backstop."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        except (ClientError, ConnectionError, HTTPClientError):
            return
