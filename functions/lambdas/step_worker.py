"""Handles the tasks of one step that Airlock ships. Each of them has a function of its own, whose role touches no table."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.messages import document_ids, step_tasks
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.startup import finish_init
from functions.wiring import queues
from functions.wiring.workers import task_runner


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    config = BatchConfig(
        handler=lambda body: [_run(body, context)],
        group_key=document_ids.document_of,
        document_id=document_ids.document_id_of,
        has_time=lambda: True,  # a batch has one task
        queue=queues.consumed_queue(queue_name(event)),
    )
    return process_batch(event, config)


def _run(body: str, context: LambdaContext) -> str:
    task = step_tasks.parse(body)
    return task_runner().run(task, lambda: context.get_remaining_time_in_millis() / 1000)


finish_init(task_runner)
