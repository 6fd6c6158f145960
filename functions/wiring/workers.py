"""The composition root of the workers of steps: `large_copy`, `scan`, and the function or container of each other step.

Imports are inside the builders, because each of them needs one alone.
"""

from functools import cache
from typing import TYPE_CHECKING

from functions import wiring
from functions.wiring import clients, queues

if TYPE_CHECKING:
    from functions.adapters.guardduty import GuardDuty
    from functions.features.large_copy.worker import LargeCopy
    from functions.features.runner import TaskRunner


@cache
def guardduty() -> "GuardDuty":
    from functions.adapters.guardduty import GuardDuty

    return GuardDuty(clients.guardduty(), wiring.settings().bucket)


@cache
def large_copy() -> "LargeCopy":
    from functions.domain.steps import PROMOTE
    from functions.features.large_copy.worker import LargeCopy

    return LargeCopy(wiring.object_store(), queues.results_of(PROMOTE))


@cache
def task_runner() -> "TaskRunner":
    """The runner of the step of this function."""
    from functions.adapters.s3.step_objects import S3StepObjects
    from functions.features.registry import create_worker
    from functions.features.runner import TaskRunner

    step, objects = wiring.settings().step, S3StepObjects(clients.s3_control(), wiring.settings().bucket)
    return TaskRunner(create_worker(step), objects, queues.results_of(step))
