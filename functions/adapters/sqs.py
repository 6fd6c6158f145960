"""The two SQS queues: S3's ObjectCreated events, and documents to purge.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class _Queue:
    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Makes a message visible again after `seconds`. On an error, the visibility timeout of the queue applies."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        except (ClientError, ConnectionError, HTTPClientError):
            return

    def _send(self, body: dict[str, Any]) -> None:
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body))
        except (ClientError, ConnectionError, HTTPClientError) as error:
            raise Unavailable(
                Code.QUEUE_UNAVAILABLE, "SQS is unavailable; try again.", retry_after=1
            ) from error


class SQSUploadEvents(_Queue):
    """Implements `functions.domain.queues.UploadEvents`."""

    def __init__(self, client: "SQSClient", url: str, bucket: str) -> None:
        super().__init__(client, url)
        self._bucket = bucket

    def republish(self, key: str, version: str) -> None:
        """Sends an event with those fields of S3's notification that this service reads."""
        # S3's events have form-encoded keys.
        stored = {"key": quote_plus(key, safe="/"), "versionId": version}
        entry = {"bucket": {"name": self._bucket}, "object": stored}
        self._send({"Records": [{"eventName": "ObjectCreated:Republished", "s3": entry}]})


class SQSPurgeQueue(_Queue):
    """Implements `functions.domain.queues.PurgeQueue`."""

    def enqueue(self, owner: str, document_id: str) -> None:
        """Sends the task to purge one document."""
        self._send({"owner": owner, "documentId": document_id})
