"""Blocks the owner of each event `owner.suspicious`, which a rule of the event bus delivers. The role updates items and reads none.

A fault raises an error, after which Lambda invokes the function again.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.log import logger
from functions.startup import finish_init
from functions.wiring.owner_blocks import owner_blocks


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    owner, counter = event["detail"]["owner"], event["detail"]["counter"]
    owner_blocks().block(owner, counter, wiring.now())
    logger.warning("block", owner=owner, counter=counter)


finish_init(owner_blocks)
