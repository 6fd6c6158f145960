"""S3's events, through SQS: what arrived in staging is inspected and promoted. Nothing on the internet reaches it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.messages import s3_events
from functions.messages.batch import BatchConfig, process_batch
from functions.pipeline.promotion import Outcome
from functions.startup import finish_init

_ENOUGH = 120_000
"""Milliseconds that must be left to begin another object: a CopyObject of 5 GiB takes more than a minute."""

_LAST_MINUTE = 60_000
"""Milliseconds; a long copy begins no part after that, and what it has begun ends in time."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Messages go side by side, because each waits for S3 nearly all its time; those of one key follow each other, because
    a copy of an event must not find the first one at work.
    """
    wiring.promotion()  # before there are threads, as the queue below: boto3 makes no client safely in them
    config = BatchConfig(
        handler=lambda body: [_promote(created, context) for created in s3_events.parse(body)],
        group_key=s3_events.first_key,
        has_time=lambda: context.get_remaining_time_in_millis() >= _ENOUGH,
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
        created.key, created.version, lambda: context.get_remaining_time_in_millis() < _LAST_MINUTE
    )
    if outcome is Outcome.PAUSED:
        wiring.upload_events().republish(created.key, created.version)
    return outcome


finish_init(wiring.promotion, wiring.upload_events, wiring.connect)
