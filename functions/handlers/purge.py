"""Documents whose time to be restored is over, through SQS: their bytes go for good. It signs nothing."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.handlers import started
from functions.handlers.batch import Work, work_off

_ENOUGH = 60_000
"""Milliseconds that must be left to begin another document."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.purge()  # before there are threads: boto3 makes no client safely in them
    work = Work(
        do=_purge,
        lane=lambda body: body,
        in_time=lambda: context.get_remaining_time_in_millis() >= _ENOUGH,
        retry_in=wiring.purges().retry_in,
    )
    return work_off(event, work)


def _purge(body: str) -> list[str]:
    order = json.loads(body)
    return [wiring.purge().purge(order["owner"], order["documentId"])]


started(wiring.purge, wiring.purges, wiring.connect)
