"""The steps that Airlock ships. Each has a folder here, with the module `definition`, and `worker` if a program does the work.

Both are imported by name when a kind lists the step, because each cold start pays for every import.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from functions.domain.step_definitions import StepDefinition
from functions.domain.steps import SCAN

if TYPE_CHECKING:
    from functions.domain.queues import TaskQueue
    from functions.features.job import StepWorker
    from functions.pipeline.step import Step

SHIPPED_STEPS: tuple[str, ...] = ("image", "review", "scan", "table")
"""Names of the steps, which are those of their folders."""


def find_definition(name: str) -> StepDefinition | None:
    """Returns `DEFINITION` of the module `definition`, or None for a step that Airlock does not ship."""
    if name not in SHIPPED_STEPS:
        return None
    definition: StepDefinition = import_module(f"functions.features.{name}.definition").DEFINITION
    return definition


def create_worker(name: str) -> "StepWorker":
    """Returns what `create_worker` of the module `worker` returns."""
    worker: StepWorker = import_module(f"functions.features.{name}.worker").create_worker()
    return worker


def create_step(definition: StepDefinition, tasks: "TaskQueue", bucket: str, scanner: str) -> "Step":
    """Returns the step of the pipeline that waits for a worker, or for GuardDuty, which scans without a task."""
    if (definition.name, scanner) == (SCAN, "guardduty"):
        from functions.features.scan.step import GuardDutyStep

        return GuardDutyStep(tasks, bucket)
    from functions.pipeline.worker import WorkerStep

    return WorkerStep(definition.name, tasks, bucket, definition.timeout)
