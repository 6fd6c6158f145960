"""Handles batches of the table's stream: sends each change of a document to the event bus. The role touches no item."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.log import logger
from functions.startup import finish_init
from functions.wiring.events import publish_service


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    failed = publish_service().publish(event["Records"])
    logger.info("published", records=len(event["Records"]), failed_at=failed)
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


finish_init(publish_service)
