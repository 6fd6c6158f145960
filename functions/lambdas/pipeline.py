"""Runs the pipeline: handles S3's object-created events, and the results of steps' workers, from SQS. No route reaches it."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.messages import document_ids, s3_events, step_results
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.pipeline.engine import Outcome
from functions.startup import finish_init
from functions.wiring import queues
from functions.wiring.pipeline import engine

_RESERVE = 120_000
"""Milliseconds that must be left to start another object, because a CopyObject of 5 GiB takes more than a minute."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Processes messages concurrently, because they are I/O-bound.

    Messages for one document are processed in order, so that a duplicate event never races the original. A batch comes
    from one queue. The queue of results, and not the body of a message, says which step speaks.
    """
    engine()  # before the threads start, because boto3 cannot create clients in several threads
    queue = queue_name(event)
    step = queues.find_step(queue)
    config = BatchConfig(
        handler=_process_event if step is None else partial(_process_result, step=step),
        group_key=s3_events.first_key if step is None else document_ids.document_of,
        has_time=lambda: context.get_remaining_time_in_millis() >= _RESERVE,
        queue=queues.consumed_queue(queue),
        is_repeated=s3_events.is_republished,
        document_id=s3_events.document_id_of if step is None else document_ids.document_id_of,
    )
    return process_batch(event, config)


def _process_event(body: str) -> list[str]:
    return [_process_upload(created) for created in s3_events.parse(body)]


def _process_upload(created: s3_events.ObjectCreated) -> str:
    if created.bucket != wiring.settings().bucket:
        return Outcome.FOREIGN_EVENT
    if created.version is None:
        logger.error("event_unversioned")
        return "event_unversioned"
    return engine().process_upload(created.key, created.version, created.arrived_at)


def _process_result(body: str, *, step: str) -> list[str]:
    return [engine().process_result(step_results.parse(body, step))]


finish_init(engine, wiring.connect)
