"""A document of the kind `checked`, whose steps `check` and `render` have workers, and what their workers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.domain.document import Document
from functions.domain.steps import Json, StepRecord
from functions.domain.tasks import Task, TaskOutcome, TaskResult
from functions.pipeline.engine import Outcome
from tests.examples import OWNER, PNG, a_document, an_id
from tests.interruptions import Interruption
from tests.pipeline_scenario import PipelineScenario

PASSED, REJECTED = TaskOutcome.PASSED, TaskOutcome.REJECTED
THUMB: Mapping[str, Json] = {
    "renditions": {
        "thumb": {"versionId": "v9", "contentType": "image/webp", "size": 7, "sha256": "ab" * 32, "width": 4}
    }
}


@dataclass(kw_only=True)
class WorkerScenario(PipelineScenario):
    """One document that waits for its workers."""

    version: str = ""

    def expect_checked(self, **changes: Any) -> None:
        """Stores the bytes, whose event has not come yet."""
        self.expect(a_document(**{"kind": "checked"} | changes))
        self.version = self.upload(PNG)

    def upload_checked(self, **changes: Any) -> Outcome:
        """Stores the bytes and delivers their event, so that the step `check` waits."""
        self.expect_checked(**changes)
        return self.deliver(self.version)

    def early_verdict(self, **changes: Any) -> TaskResult:
        """A verdict of the worker of `check` that no task has asked for, as a scanner sends it."""
        values: dict[str, Any] = {"document_id": an_id(), "owner": OWNER, "step": "check", "attempt": 0}
        return TaskResult(**values | {"version": self.version, "outcome": PASSED} | changes)

    def task(self, step: str) -> Task:
        """The latest task of a step."""
        return self.tasks[step].tasks[-1]

    def answer(
        self,
        step: str,
        outcome: TaskOutcome = PASSED,
        *,
        to: Task | None = None,
        by: Interruption | None = None,
        **changes: Any,
    ) -> Outcome:
        """Delivers the result of a task, by default of the latest one. `changes` are of the result."""
        result = result_of(to or self.task(step), outcome, **changes)
        return self.engine(by).process_result(result)

    def record(self, step: str) -> StepRecord | None:
        return find_record(self.document, step)


def result_of(task: Task, outcome: TaskOutcome = PASSED, **changes: Any) -> TaskResult:
    values: dict[str, Any] = {
        "document_id": task.document_id,
        "owner": task.owner,
        "step": task.step,
        "attempt": task.attempt,
        "version": task.version,
        "outcome": outcome,
    }
    return TaskResult(**values | changes)


def find_record(document: Document, step: str) -> StepRecord | None:
    return next((record for record in document.steps if record.name == step), None)
