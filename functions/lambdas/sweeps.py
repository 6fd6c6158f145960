"""Sweeps. The schedule starts the slices of a sweep, and each slice comes back as a message of the queue `SweepSlices`.

An operator can invoke the function to sweep everything at once (without a payload), or to redrive failed documents:

aws lambda invoke --function-name ... --payload '{"redrive": [{"owner": "...", "documentId": "..."}]}' out.json
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.slices import SliceTask
from functions.log import logger
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.services.slices import Skipped
from functions.startup import finish_init

_START_RESERVE = 15_000
"""Milliseconds that must be left to begin a slice."""

_RESERVE = 60_000
"""Milliseconds that must be left to handle another group of owners or documents. The next run continues."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return _run_slices(event, context)
    if event.get("source") == "aws.events":
        return _start_slices()
    if "redrive" in event:
        redrive = wiring.redrive_service().redrive
        outcomes = Counter(redrive(order["owner"], order["documentId"]) for order in event["redrive"])
    else:
        outcomes = wiring.sweep_service().sweep(lambda: context.get_remaining_time_in_millis() < _RESERVE)
    logger.info("sweep", outcomes=dict(outcomes))
    return dict(outcomes)


def _start_slices() -> dict[str, Any]:
    """Logs how old the sweep of staging is in all its slices. An alarm reads that. The line lacks it if it is unknown."""
    started = wiring.slice_service().start()
    line: dict[str, Any] = {"slices": len(started.names)}
    if started.staging_age is not None:
        line["staging_age"] = int(started.staging_age.total_seconds())
    logger.info("sweep_started", **line)
    return line


def _run_slices(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    config = BatchConfig(
        handler=lambda body: _run_slice(body, context),
        group_key=lambda body: body,
        has_time=lambda: context.get_remaining_time_in_millis() >= _START_RESERVE,
        queue=wiring.consumed_queue(queue_name(event)),
    )
    return process_batch(event, config)


def _run_slice(body: str, context: LambdaContext) -> Sequence[str]:
    message = json.loads(body)
    task = SliceTask(message["slice"], message["turn"])
    result = wiring.slice_service().run(task, lambda: context.get_remaining_time_in_millis() < _RESERVE)
    if isinstance(result, Skipped):
        return [result]
    logger.info("slice", slice=task.name, outcomes=dict(result.outcomes), finished=result.is_finished)
    return ["finished" if result.is_finished else "paused"]


finish_init(wiring.slice_service, wiring.redrive_service, wiring.connect)
