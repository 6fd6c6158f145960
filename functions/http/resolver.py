"""Powertools' resolver, as the functions of the API use it: how it writes a response, and the problem of each error."""

import base64
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.shared.json_encoder import Encoder

from functions.domain.codes import Code
from functions.domain.errors import AirlockError
from functions.http import problems
from functions.http.texts import Texts
from functions.log import logger

_MAX_PLAIN_LENGTH = 500_000
"""Length in characters above which a body is sent as base64.

The runtime writes a response as JSON, in which a character takes up to 12 bytes, and Lambda's limit is 6 MB. Base64 takes
4 bytes for 3, whatever the text.
"""


def create_resolver(texts: Callable[[], Texts]) -> APIGatewayHttpResolver:
    """Returns Powertools' validating resolver, with a problem for every error that it knows.

    `texts` returns the sentences of the current request.
    """
    app = APIGatewayHttpResolver(
        serializer=_serialize,
        enable_validation=True,
        # A response that does not match its schema is the server's fault: not 422, Powertools' default.
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
    )

    def occurrence() -> problems.Occurrence:
        event = app.current_event
        return problems.Occurrence(event.path, event.request_context.request_id or "", texts())

    @app.exception_handler(AirlockError)
    def handle_airlock_error(error: AirlockError) -> Response[Any]:
        return problems.render_error(error, occurrence())

    @app.exception_handler(RequestValidationError)
    def handle_validation_error(error: RequestValidationError) -> Response[Any]:
        return problems.render_validation_errors(error.errors(), occurrence())

    @app.exception_handler(NotFoundError)
    def handle_unknown_route(_: NotFoundError) -> Response[Any]:
        return problems.render_code(Code.ROUTE_NOT_FOUND, occurrence())

    @app.exception_handler(Exception)
    def handle_crash(error: Exception) -> Response[Any]:
        logger.error("crash", exc_info=error)
        return problems.render_code(Code.INTERNAL_ERROR, occurrence())

    return app


def encode_long_body(response: dict[str, Any]) -> None:
    """Encodes the body as base64 if its text could make the response larger than Lambda's limit."""
    body = response.get("body") or ""
    if len(body) > _MAX_PLAIN_LENGTH and not response.get("isBase64Encoded"):
        response["body"] = base64.b64encode(body.encode()).decode()
        response["isBase64Encoded"] = True


def _serialize(body: Any) -> str:
    """Returns compact JSON. It is UTF-8, because an escape takes up to three times as many bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), cls=Encoder)
