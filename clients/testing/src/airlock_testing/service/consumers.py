"""The functions by the queues that they consume. Each is imported with its first message, so that the service starts sooner."""

from collections.abc import Iterable
from functools import partial
from importlib import import_module
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from airlock_testing.service.environment import PURGES, SLICES, UPLOAD_EVENTS, VERDICTS
from airlock_testing.service.invocations import Handler
from functions.domain.steps import PROMOTE, SCAN

_WORKERS = {"image": "PIL", "table": "duckdb"}
"""Steps whose worker Airlock ships, and a module that it needs."""


def build_consumers(steps: Iterable[str]) -> dict[str, Handler]:
    """Returns a handler for each queue with a consumer. The tasks of a deployer's own steps have none: a test plays the worker.

    Raises ValueError for a step whose worker needs a package that is not installed.
    """
    named = (PROMOTE, *steps)
    workers = {f"{step}-tasks": _create_worker(step) for step in named if step in _WORKERS}
    return {
        UPLOAD_EVENTS: load_handler("pipeline"),
        PURGES: load_handler("purge"),
        SLICES: load_handler("sweeps"),
        VERDICTS: load_handler("scan"),
        f"{SCAN}-tasks": load_handler("scan"),
        f"{PROMOTE}-tasks": load_handler("large_copy"),
        **{f"{step}-results": load_handler("pipeline") for step in named},
        **workers,
    }


def load_handler(name: str) -> Handler:
    """Returns the handler of a module in `functions.lambdas`."""

    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        response: dict[str, Any] = import_module(f"functions.lambdas.{name}").lambda_handler(event, context)
        return response

    return handle


def _create_worker(step: str) -> Handler:
    """In Lambda each step has a function of its own. Here all are one process, so the worker is chosen by the queue."""
    try:
        import_module(_WORKERS[step])
    except ModuleNotFoundError:
        raise ValueError(
            f"a kind lists the step {step}, which needs: pip install 'airlock-testing[{step}]'"
        ) from None
    return partial(_run_task, step=step)


def _run_task(event: dict[str, Any], context: LambdaContext, *, step: str) -> dict[str, Any]:
    from functions.messages import step_results, step_tasks
    from functions.messages.batch import BatchConfig, process_batch, queue_name
    from functions.wiring import queues

    def run(body: str) -> list[str]:
        runner = _create_runner(step)
        return [runner.run(step_tasks.parse(body), lambda: context.get_remaining_time_in_millis() / 1000)]

    config = BatchConfig(
        handler=run,
        group_key=step_results.document_of,
        document_id=step_results.document_id_of,
        has_time=lambda: True,
        queue=queues.consumed_queue(queue_name(event)),
    )
    return process_batch(event, config)


def _create_runner(step: str) -> Any:
    from functions import clients, wiring
    from functions.adapters.s3.step_objects import S3StepObjects
    from functions.features.registry import create_worker
    from functions.features.runner import TaskRunner
    from functions.wiring import queues

    objects = S3StepObjects(clients.s3_control(), wiring.settings().bucket)
    return TaskRunner(create_worker(step), objects, queues.results_of(step))
