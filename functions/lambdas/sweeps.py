"""On a schedule: ends what nobody will finish, and wakes what got stuck. By an operator's hand: tries again what has failed.

aws lambda invoke --function-name ... --payload '{"redrive": [{"owner": "...", "documentId": "..."}]}' out.json
"""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.startup import finish_init

_LAST_SECONDS = 15_000
"""Milliseconds; the next round goes on where this one stops."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    if "redrive" in event:
        done = Counter(_redrive(enqueue) for enqueue in event["redrive"])
    else:
        done = wiring.sweep_service().sweep(lambda: context.get_remaining_time_in_millis() < _LAST_SECONDS)
    logger.info("sweep", outcomes=dict(done))
    return dict(done)


def _redrive(enqueue: dict[str, str]) -> str:
    return wiring.sweep_service().redrive(enqueue["owner"], enqueue["documentId"])


finish_init(wiring.sweep_service, wiring.connect)
