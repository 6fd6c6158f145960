"""Handles batches of the table's stream: sends each change of a document to the event bus. The role touches no item."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import events_wiring
from functions.log import logger
from functions.startup import finish_init


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    failed = events_wiring.publish_service().publish(event["Records"])
    logger.info("published", records=len(event["Records"]), failed_at=failed)
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


finish_init(events_wiring.publish_service)
