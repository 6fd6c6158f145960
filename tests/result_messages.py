"""The message of a step's result, as a worker sends it and the pipeline reads it."""

from dataclasses import dataclass, field
from typing import Any, cast

from functions.adapters.sqs import SQSResultQueue
from functions.domain.tasks import TaskResult
from functions.messages import step_results


@dataclass
class RecordingClient:
    """A client of SQS that keeps the bodies that it gets."""

    bodies: list[str] = field(default_factory=list)

    def send_message(self, **message: Any) -> None:
        self.bodies.append(message["MessageBody"])


def receive(result: TaskResult) -> TaskResult:
    """Returns the result as the pipeline gets it. Raises ValueError for one that it would bury."""
    client = RecordingClient()
    SQSResultQueue(cast("Any", client), "https://sqs.example/results").send(result)
    [body] = client.bodies
    return step_results.parse(body, result.step)
