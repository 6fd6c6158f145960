"""Handles S3's object-created events from SQS: inspects and promotes what arrived in staging. No route reaches it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.messages import s3_events
from functions.messages.batch import BatchConfig, process_batch
from functions.pipeline.promotion import Outcome
from functions.startup import finish_init

_RESERVE = 120_000
"""Milliseconds that must be left to start another object, because a CopyObject of 5 GiB takes more than a minute."""

_COPY_RESERVE = 60_000
"""Milliseconds that must be left for a copy in parts to start another part."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Processes messages concurrently, because they are I/O-bound.

    Messages for one key are processed in order, so that a duplicate event never races the original.
    """
    wiring.promotion()  # before the threads start, because boto3 cannot create clients in several threads
    config = BatchConfig(
        handler=lambda body: [_promote(created, context) for created in s3_events.parse(body)],
        group_key=s3_events.first_key,
        has_time=lambda: context.get_remaining_time_in_millis() >= _RESERVE,
        retry_in=wiring.upload_events().retry_in,
    )
    return process_batch(event, config)


def _promote(created: s3_events.ObjectCreated, context: LambdaContext) -> str:
    if created.bucket != wiring.settings().bucket:
        return Outcome.FOREIGN_EVENT
    if created.version is None:
        logger.error("event_unversioned")
        return "event_unversioned"
    outcome = wiring.promotion().promote(
        created.key, created.version, lambda: context.get_remaining_time_in_millis() < _COPY_RESERVE
    )
    if outcome is Outcome.PAUSED:
        wiring.upload_events().republish(created.key, created.version)
    return outcome


finish_init(wiring.promotion, wiring.upload_events, wiring.connect)
