"""Steps that run outside of the pipeline: the pipeline sends a task, and the worker's result ends the step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.queues import TaskQueue
from functions.domain.steps import Json
from functions.domain.tasks import Task
from functions.pipeline.step import StepContext, Suspended, Verdict


@dataclass(frozen=True, slots=True)
class WorkerStep:
    """Enqueues a task and waits. `timeout` is the time without a sign of the worker after which it enqueues another.

    None: it waits without end.
    """

    name: str
    tasks: TaskQueue
    bucket: str
    timeout: timedelta | None

    def run(self, context: StepContext) -> Verdict:
        deadline = context.now + self.timeout if self.timeout is not None else None
        self.tasks.enqueue(task_of(context, self.name, self.bucket, deadline, context.parameters))
        return Suspended(deadline)


def task_of(
    context: StepContext, step: str, bucket: str, deadline: datetime | None, parameters: Mapping[str, Json]
) -> Task:
    """Returns the task for the version that is being processed. A result with facts must name its attempt."""
    return Task(
        document_id=context.document.id,
        owner=context.document.owner,
        step=step,
        attempt=context.document.attempt,
        bucket=bucket,
        key=context.document.staging_key,
        version=context.staged.version,
        size=context.staged.size,
        content_type=context.content_type,
        parameters=parameters,
        deadline=deadline,
    )
