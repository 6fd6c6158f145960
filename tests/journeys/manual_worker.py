"""A worker of a step that a test plays itself: it receives tasks and sends results with plain SQS calls, as docs/steps.md says."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.journeys.admin_client import AdminClient
from tests.journeys.wait import wait_until


@dataclass(frozen=True)
class ManualWorker:
    """The worker of `step`. A task that it does not delete comes again after `visibility` seconds."""

    admin: AdminClient
    step: str

    def receive(
        self,
        document_id: str,
        *,
        visibility: int = 1,
        delete: bool = True,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> dict[str, Any]:
        """Waits for the task of a document and returns it."""
        received: list[dict[str, Any]] = []

        def has_come() -> bool:
            meanwhile()
            received.extend(self._receive(document_id, visibility, delete=delete))
            return bool(received)

        wait_until(has_come, f"a task for {document_id} has come")
        return received[0]

    def answer(self, task: dict[str, Any], outcome: str, **more: Any) -> None:
        names = ("documentId", "owner", "step", "attempt", "versionId")
        body = {name: task[name] for name in names} | {"outcome": outcome} | more
        url = self._queue_url("Results")
        self.admin.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))

    def wait_until_heard(self) -> None:
        """Waits until the pipeline has taken every result from the queue."""
        url = self._queue_url("Results")
        wait_until(lambda: self.admin.count_messages(url, "", "NotVisible") == 0, "every result is processed")

    def _receive(self, document_id: str, visibility: int, *, delete: bool) -> list[dict[str, Any]]:
        sqs, url = self.admin.client("sqs"), self._queue_url("Tasks")
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=visibility)
        found = []
        for message in received.get("Messages", []):
            task = json.loads(message["Body"])
            if task["documentId"] != document_id:
                continue
            found.append(task)
            if delete:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def _queue_url(self, kind: str) -> str:
        return self.admin.queue_url(f"{self.step.title()}{kind}")
