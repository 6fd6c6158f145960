"""Handles tasks of the step `promote` for objects above the single-copy limit. The role touches neither table nor API."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.features.large_copy.worker import MIN_RESERVE, CopyOutcome, choose_reserve
from functions.messages import document_ids, step_tasks
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.startup import finish_init
from functions.wiring import queues
from functions.wiring.workers import large_copy


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    large_copy()  # before the threads start, because boto3 cannot create clients in several threads
    config = BatchConfig(
        handler=lambda body: [_copy(body, context)],
        group_key=document_ids.document_of,
        document_id=document_ids.document_id_of,
        has_time=lambda: _seconds_left(context) >= MIN_RESERVE,
        queue=queues.consumed_queue(queue_name(event)),
        again_at_once=frozenset({CopyOutcome.PAUSED}),
    )
    return process_batch(event, config)


def _copy(body: str, context: LambdaContext) -> str:
    task = step_tasks.parse(body)
    reserve = choose_reserve(task.size)
    return large_copy().copy(task, lambda: _seconds_left(context) < reserve)


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1_000


finish_init(large_copy)
