"""The loop of the container of the step `scan`: receives tasks, and deletes a task after its result was sent.

A task that meets a fault stays in the queue, and comes again after its visibility timeout of 15 minutes. SIGTERM ends the loop
after the current task.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import wiring
from functions.domain.errors import Unavailable
from functions.features.runner import TaskRunner
from functions.log import logger
from functions.messages import step_tasks
from functions.wiring import clients, queues
from functions.wiring.workers import task_runner

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_WAIT = 20
"""Seconds of one request for tasks. SQS's maximum.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""
_NO_LIMIT = 12 * 3600.0
"""Seconds that a task has left. A container has no timeout."""


@dataclass(frozen=True, slots=True)
class TaskLoop:
    """Reads the task queue `url` until `is_over`."""

    sqs: "SQSClient"
    url: str
    runner: TaskRunner
    is_over: Callable[[], bool]

    def run(self) -> None:
        while not self.is_over():
            received = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=1, WaitTimeSeconds=_WAIT
            )
            for message in received.get("Messages", []):
                self._process(message)

    def _process(self, message: "MessageTypeDef") -> None:
        try:
            outcome = self.runner.run(step_tasks.parse(message["Body"]), lambda: _NO_LIMIT)
        except Unavailable as error:
            logger.warning("fault", code=error.code, detail=error.detail)
        except Exception:
            # Any exception fails this task only. After its last delivery it is in the dead letters, which have an alarm.
            logger.exception("task_failed")
        else:
            logger.info("task", outcome=outcome)
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def main() -> None:
    """Returns after SIGTERM."""
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: signals.append(number))
    url = queues.task_url(wiring.settings().step)
    TaskLoop(clients.sqs(), url, task_runner(), lambda: bool(signals)).run()


if __name__ == "__main__":
    main()
