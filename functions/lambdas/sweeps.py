"""Runs one sweep on a schedule. An operator can also invoke it to redrive failed documents:

aws lambda invoke --function-name ... --payload '{"redrive": [{"owner": "...", "documentId": "..."}]}' out.json
"""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.startup import finish_init

_RESERVE = 15_000
"""Milliseconds that must be left to act on another finding. The next sweep continues."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    service = wiring.sweep_service()
    if "redrive" in event:
        outcomes = Counter(service.redrive(order["owner"], order["documentId"]) for order in event["redrive"])
    else:
        outcomes = service.sweep(lambda: context.get_remaining_time_in_millis() < _RESERVE)
    logger.info("sweep", outcomes=dict(outcomes))
    return dict(outcomes)


finish_init(wiring.sweep_service, wiring.connect)
