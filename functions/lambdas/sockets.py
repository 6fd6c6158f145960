"""Handles `$connect` and `$disconnect` of the WebSocket API. Clients send nothing, so there is no route for messages.

Anybody on the internet reaches this function without a token. The role touches tickets and connections in the table, and no
document.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.errors import TooMany, Unavailable
from functions.log import logger
from functions.startup import finish_init
from functions.wiring.push import connection_service


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Returns the status of the handshake. A browser tells the page only that it failed. The log has no ticket."""
    context = event["requestContext"]
    try:
        status = _connect(event) if context["eventType"] == "CONNECT" else _disconnect(event)
    except Unavailable as error:
        logger.warning("fault", code=error.code, detail=error.detail)
        status = 503
    logger.info("socket", event=context["eventType"], connection_id=context["connectionId"], status=status)
    return {"statusCode": status}


def _connect(event: dict[str, Any]) -> int:
    ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
    try:
        is_open = connection_service().connect(ticket, event["requestContext"]["connectionId"])
    except TooMany:
        return 429
    return 200 if is_open else 403


def _disconnect(event: dict[str, Any]) -> int:
    connection_service().disconnect(event["requestContext"]["connectionId"])
    return 200


finish_init(connection_service, wiring.connect)
