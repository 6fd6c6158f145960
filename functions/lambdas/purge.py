"""Handles purge tasks from SQS: deletes every byte of documents that can no longer be restored. The role signs nothing."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.messages import document_ids
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.startup import finish_init
from functions.wiring import queues
from functions.wiring.purge import purge_service

_RESERVE = 60_000
"""Milliseconds that must be left to start another document."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    purge_service()  # before the threads start, because boto3 cannot create clients in several threads
    config = BatchConfig(
        handler=_purge,
        group_key=lambda body: body,
        has_time=lambda: context.get_remaining_time_in_millis() >= _RESERVE,
        queue=queues.consumed_queue(queue_name(event)),
        document_id=document_ids.document_id_of,
    )
    return process_batch(event, config)


def _purge(body: str) -> list[str]:
    task = json.loads(body)
    return [purge_service().purge(task["owner"], task["documentId"])]


finish_init(purge_service, wiring.connect)
