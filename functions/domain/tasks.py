"""Messages between the pipeline and the worker of a step: a task, and its result.

docs/steps.md describes both as the contract for a worker in any language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.domain.steps import Json

MAX_DETAIL = 500
"""Maximum length of the detail of a result, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work for a step's worker on one version of a staged object.

    `size` is bytes, `content_type` the detected type, `parameters` those of the kind for this step. A result that comes
    after `deadline` may be too late, because the pipeline then sends the task again. None: it never does.
    """

    document_id: str
    owner: str
    step: str
    attempt: int
    bucket: str
    key: str
    version: str
    size: int
    content_type: str | None
    parameters: Mapping[str, Json]
    deadline: datetime | None


class TaskOutcome(StrEnum):
    """The verdict or the report of a worker on its task."""

    PASSED = "passed"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    """The worker could not do the task, which is not the file's fault. The pipeline sends the task again."""
    PROGRESS = "progress"
    """The worker is still at work, so that the deadline starts anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """A worker's result. The step is that of the queue which the result came from, whatever its body says."""

    document_id: str
    owner: str
    step: str
    attempt: int
    version: str
    outcome: TaskOutcome
    code: str | None = None
    detail: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


def answer_task(
    task: Task,
    outcome: TaskOutcome,
    *,
    code: str | None = None,
    detail: str | None = None,
    facts: Mapping[str, Json] | None = None,
) -> TaskResult:
    """Returns the worker's result of a task."""
    return TaskResult(
        document_id=task.document_id,
        owner=task.owner,
        step=task.step,
        attempt=task.attempt,
        version=task.version,
        outcome=outcome,
        code=code,
        detail=detail,
        facts=facts or {},
    )
