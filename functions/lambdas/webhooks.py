"""Handles batches of the queue of one webhook endpoint, and the test event that an operator asks for.

The role reads documents and renditions, so that it can sign URLs, and one secret.
"""

import time
import uuid
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.log import logger
from functions.messages.deliveries import DeliveryConfig, process_deliveries
from functions.startup import finish_init
from functions.wiring.webhooks import delivery_queue, endpoint_name, webhook_service

_RESERVE = 25_000
"""Milliseconds that must be left to start an attempt, which takes up to 15 seconds, and the calls of AWS around it."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if event.get("test") is True:
        return _send_test()
    # Clients are created before the threads start, because boto3 cannot create them in several threads.
    config = DeliveryConfig(
        endpoint=endpoint_name(),
        attempt=webhook_service().deliver,
        queue=delivery_queue(),
        clock=time.time,
        has_time=lambda: context.get_remaining_time_in_millis() >= _RESERVE,
    )
    return process_deliveries(event, config)


def _send_test() -> dict[str, Any]:
    """Makes one attempt, which is not repeated."""
    attempt = webhook_service().send_test(f"test-{uuid.uuid4()}")
    result = {
        "outcome": attempt.outcome.value,
        "reason": str(attempt.reason),
        "webhookId": attempt.webhook_id,
    }
    logger.info("webhook_test", endpoint=endpoint_name(), result=result)
    return result


finish_init(webhook_service, delivery_queue)
