"""Documents whose time to be restored is over, through SQS: their bytes go for good. It signs nothing."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.messages.batch import BatchConfig, process_batch
from functions.startup import finish_init

_ENOUGH = 60_000
"""Milliseconds that must be left to begin another document."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.purge_service()  # before there are threads: boto3 makes no client safely in them
    config = BatchConfig(
        handler=_purge,
        group_key=lambda body: body,
        has_time=lambda: context.get_remaining_time_in_millis() >= _ENOUGH,
        retry_in=wiring.purge_queue().retry_in,
    )
    return process_batch(event, config)


def _purge(body: str) -> list[str]:
    enqueue = json.loads(body)
    return [wiring.purge_service().purge(enqueue["owner"], enqueue["documentId"])]


finish_init(wiring.purge_service, wiring.purge_queue, wiring.connect)
