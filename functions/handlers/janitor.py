"""On a schedule: ends what nobody will finish, and wakes what got stuck."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.handlers import started
from functions.handlers.log import logger

_LAST_SECONDS = 15_000
"""Milliseconds; the next round goes on where this one stops."""


def lambda_handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    done = wiring.janitor().sweep(lambda: context.get_remaining_time_in_millis() < _LAST_SECONDS)
    logger.info("sweep", outcomes=dict(done))
    return dict(done)


started(wiring.janitor, wiring.connect)
