"""The runner of a shipped worker: turns a task into a job, and the verdict into a result."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from functions.domain.errors import Unavailable
from functions.domain.queues import ResultQueue
from functions.domain.storage import StepObjects
from functions.domain.tasks import MAX_DETAIL, MAX_FACTS, Task, TaskOutcome, TaskResult, count_bytes
from functions.features.job import Job, StepWorker
from functions.pipeline.step import Passed, Rejected


class RunOutcome(StrEnum):
    """The outcome of one delivery of a task, for the log."""

    PASSED = "passed"
    REJECTED = "rejected"
    OBJECT_GONE = "object_gone"


@dataclass(frozen=True, slots=True)
class TaskRunner:
    """Runs one worker. It never sees the table: all it knows is in the task, and all it says is in the result."""

    worker: StepWorker
    objects: StepObjects
    results: ResultQueue

    def run(self, task: Task, seconds_left: Callable[[], float]) -> RunOutcome:
        """Does the work of one task. Raises Unavailable if a retry may succeed.

        An outage is reported as progress before, because a task without a sign of its worker counts as a try.
        """
        if not self.objects.exists(task.key, task.version):
            return RunOutcome.OBJECT_GONE
        try:
            result = self._work(task, seconds_left)
        except Unavailable:
            self._report_progress(task, "The work waits, because a service is unavailable.")
            raise
        self.results.send(result)
        return RunOutcome(result.outcome.value)

    def _work(self, task: Task, seconds_left: Callable[[], float]) -> TaskResult:
        with TemporaryDirectory() as directory:
            job = Job(
                task=task,
                objects=self.objects,
                directory=Path(directory),
                report_progress=lambda detail: self._report_progress(task, detail),
                seconds_left=seconds_left,
            )
            return _result_of(job, self.worker.work(job))

    def _report_progress(self, task: Task, detail: str) -> None:
        self.results.send(TaskResult.for_task(task, TaskOutcome.PROGRESS, detail=detail))


def _result_of(job: Job, verdict: Passed | Rejected) -> TaskResult:
    """Raises ValueError for facts that are too large, because the pipeline would bury the result."""
    if isinstance(verdict, Rejected):
        detail = None if verdict.detail is None else verdict.detail[:MAX_DETAIL]
        return TaskResult.for_task(job.task, TaskOutcome.REJECTED, code=verdict.code, detail=detail)
    renditions = {"renditions": job.renditions} if job.renditions else {}
    facts = {**verdict.facts, **renditions}
    if (size := count_bytes(facts)) > MAX_FACTS:
        raise ValueError(
            f"the facts of {job.task.step} have {size} bytes, more than the {MAX_FACTS} of a result"
        )
    return TaskResult.for_task(job.task, TaskOutcome.PASSED, facts=facts)
