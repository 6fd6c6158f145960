"""What all HTTP functions share: the resolver with its errors, who is asking, and the headers of every answer."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.domain.codes import Code
from functions.domain.errors import AirlockError
from functions.domain.keys import owner_key
from functions.http import problems
from functions.log import logger

Event = dict[str, Any]

_HEADERS = {
    # Answers carry presigned URLs and records of one owner: nobody in between may keep them.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def resolver() -> APIGatewayHttpResolver:
    """Powertools' validated resolver, with problem+json for every error it knows."""
    app = APIGatewayHttpResolver(
        enable_validation=True,
        # An answer that does not fit its schema is our fault, not the client's 422.
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
    )

    def occurrence() -> problems.Occurrence:
        event = app.current_event
        return problems.Occurrence(event.path, event.request_context.request_id or "")

    @app.exception_handler(AirlockError)
    def airlock_error(error: AirlockError) -> Response[Any]:
        return problems.render_error(error, occurrence())

    @app.exception_handler(RequestValidationError)
    def validation_error(error: RequestValidationError) -> Response[Any]:
        return problems.render_validation_errors(error.errors(), occurrence())

    @app.exception_handler(NotFoundError)
    def no_route(_: NotFoundError) -> Response[Any]:
        return problems.render_code(Code.ROUTE_NOT_FOUND, occurrence())

    @app.exception_handler(Exception)
    def crash(error: Exception) -> Response[Any]:
        logger.error("crash", exc_info=error)
        return problems.render_code(Code.INTERNAL_ERROR, occurrence())

    return app


def serve(
    app: APIGatewayHttpResolver,
    event: Event,
    context: LambdaContext,
    *,
    check: Callable[[Event], None] | None = None,
) -> dict[str, Any]:
    """Answer one request; `check` sees the raw event before it is parsed and may raise AirlockError."""
    answer = _refused(event, check) or app.resolve(event, context)
    answer["headers"] = _HEADERS | answer.get("headers", {})
    if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
        _log_problem(event, answer)
    return answer


def _log_problem(event: Event, answer: Mapping[str, Any]) -> None:
    """What went well has its line in the gateway's log, which has one for every request and knows no codes."""
    logger.info(
        "problem",
        route=event.get("routeKey"),
        status=answer["statusCode"],
        code=json.loads(answer["body"])["code"],
        request_id=_request_id(event),
    )


def owner(app: APIGatewayHttpResolver, claim: str) -> str:
    """The owner key of the caller, from the claims that the gateway has verified.

    The gateway checks signature, issuer, audience and expiry, but not what a token is for, hence `token_use`, which only
    Cognito sets. Raises AirlockError.
    """
    authorizer = app.current_event.request_context.authorizer
    claims = (authorizer.jwt_claim if authorizer else None) or {}
    if claims.get("token_use", "access") != "access":
        raise AirlockError(Code.TOKEN_USE_INVALID, "Send the access token, not the ID token.")
    value = claims.get(claim)
    if not value:
        raise AirlockError(Code.TENANT_MISSING, f"The token has no claim {claim}.")
    return owner_key(str(value))


def _refused(event: Event, check: Callable[[Event], None] | None) -> dict[str, Any] | None:
    """The problem in the gateway's own format, because no resolver has been asked yet."""
    if check is None:
        return None
    try:
        check(event)
    except AirlockError as error:
        occurrence = problems.Occurrence(event.get("rawPath", ""), _request_id(event))
        problem = problems.render_error(error, occurrence)
        headers = {name: str(value) for name, value in problem.headers.items()}
        return {"statusCode": problem.status_code, "headers": headers, "body": problem.body}
    return None


def _request_id(event: Event) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))
