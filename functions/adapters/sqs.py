"""The SQS queues: S3's ObjectCreated events, documents to purge, slices of sweeps, the tasks and results of steps, and records of the audit trail.

IAM actions: sqs:SendMessage and sqs:ChangeMessageVisibility.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.adapters.sqs_requests import hide_message, send_message
from functions.domain.audit_record import AuditRecord
from functions.domain.codes import Code
from functions.domain.queues import REPUBLISHED, Message
from functions.domain.slices import SliceTask
from functions.domain.tasks import Task, TaskResult

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SQSQueue:
    """One queue to send to."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def _send(self, body: dict[str, Any]) -> None:
        send_message(self._client, QueueUrl=self._url, MessageBody=json.dumps(body))


class SQSMessageQueue:
    """Implements `functions.domain.queues.MessageQueue`. `dead_letters_url` is the URL of its dead-letter queue."""

    def __init__(self, client: "SQSClient", url: str, dead_letters_url: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url

    def send_anew(self, message: Message, delay: int) -> None:
        again = replace(message, times_sent=message.times_sent + 1)
        send_message(
            self._client,
            QueueUrl=self._url,
            MessageBody=message.body,
            DelaySeconds=delay,
            MessageAttributes=_attributes(again),
        )

    def bury(self, message: Message) -> None:
        send_message(
            self._client,
            QueueUrl=self._dead_letters_url,
            MessageBody=message.body,
            MessageAttributes=_attributes(message),
        )

    def hide(self, message: Message, seconds: int) -> None:
        hide_message(self._client, self._url, message.receipt_handle, seconds)


def _attributes(message: Message) -> dict[str, Any]:
    """Returns the message attributes, by which a message that is sent anew keeps its age."""
    numbers = {"firstSeen": round(message.first_seen * 1000), "timesSent": message.times_sent}
    return {name: {"DataType": "Number", "StringValue": str(number)} for name, number in numbers.items()}


class SQSUploadEvents(SQSQueue):
    """Implements `functions.domain.queues.UploadEvents`."""

    def __init__(self, client: "SQSClient", url: str, bucket: str) -> None:
        super().__init__(client, url)
        self._bucket = bucket

    def republish(self, key: str, version: str) -> None:
        """Sends an event with those fields of S3's notification that this service reads."""
        # S3's events have form-encoded keys.
        stored = {"key": quote_plus(key, safe="/"), "versionId": version}
        entry = {"bucket": {"name": self._bucket}, "object": stored}
        self._send({"Records": [{"eventName": REPUBLISHED, "s3": entry}]})


class SQSAuditLog:
    """Implements `functions.domain.audit_record.AuditLog`."""

    def __init__(self, client: "SQSClient", url: str, *, records_reads: bool) -> None:
        self._client = client
        self._url = url
        self.records_reads = records_reads

    def send(self, records: Sequence[AuditRecord]) -> None:
        """Sends one message. Raises Unavailable `storage_unavailable`, a code that every route has."""
        body = json.dumps({"records": [record.to_json() for record in records]})
        with unavailable_when_faulty(Code.STORAGE_UNAVAILABLE, "The audit trail"):
            self._client.send_message(QueueUrl=self._url, MessageBody=body)


class SQSPurgeQueue(SQSQueue):
    """Implements `functions.domain.queues.PurgeQueue`."""

    def enqueue(self, owner: str, document_id: str) -> None:
        """Sends the task to purge one document."""
        self._send({"owner": owner, "documentId": document_id})


class SQSSliceQueue(SQSQueue):
    """Implements `functions.domain.slices.SliceQueue`."""

    def enqueue(self, task: SliceTask) -> None:
        """Sends the task to sweep one slice further."""
        self._send({"slice": task.name, "turn": task.turn})


class SQSTaskQueue(SQSQueue):
    """Implements `functions.domain.queues.TaskQueue`."""

    def enqueue(self, task: Task) -> None:
        """Sends a task as docs/schemas/task.json describes it."""
        self._send(
            {
                "documentId": task.document_id,
                "owner": task.owner,
                "step": task.step,
                "attempt": task.attempt,
                "bucket": task.bucket,
                "key": task.key,
                "versionId": task.version,
                "size": task.size,
                "contentType": task.content_type,
                "parameters": dict(task.parameters),
                "deadline": task.deadline and task.deadline.isoformat(),
            }
        )


class SQSResultQueue(SQSQueue):
    """Implements `functions.domain.queues.ResultQueue`."""

    def send(self, result: TaskResult) -> None:
        """Sends a result as docs/schemas/result.json describes it."""
        body = {
            "documentId": result.document_id,
            "owner": result.owner,
            "step": result.step,
            "attempt": result.attempt,
            "versionId": result.version,
            "outcome": result.outcome.value,
            "code": result.code,
            "detail": result.detail,
            "facts": dict(result.facts),
        }
        self._send({name: value for name, value in body.items() if value not in (None, {})})
