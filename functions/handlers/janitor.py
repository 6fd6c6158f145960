"""On a schedule: ends what nobody will finish, and wakes what got stuck. By an operator's hand: tries again what has failed.

aws lambda invoke --function-name ... --payload '{"redrive": [{"owner": "...", "documentId": "..."}]}' out.json
"""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.handlers import started
from functions.handlers.log import logger

_LAST_SECONDS = 15_000
"""Milliseconds; the next round goes on where this one stops."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    if "redrive" in event:
        done = Counter(_redrive(order) for order in event["redrive"])
    else:
        done = wiring.janitor().sweep(lambda: context.get_remaining_time_in_millis() < _LAST_SECONDS)
    logger.info("sweep", outcomes=dict(done))
    return dict(done)


def _redrive(order: dict[str, str]) -> str:
    return wiring.janitor().redrive(order["owner"], order["documentId"])


started(wiring.janitor, wiring.connect)
