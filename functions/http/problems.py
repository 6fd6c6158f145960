"""Errors as RFC 9457 problem details: the one place where a class of errors gets its HTTP status."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from functions.domain import errors

_CONTENT_TYPE = "application/problem+json"

_STATUS = {
    errors.BadRequest: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.Gone: 410,
    errors.TooLarge: 413,
    errors.NotAccepted: 415,
    errors.InvalidInput: 422,
    errors.TooMany: 429,
    errors.IntegrityError: 500,
    errors.Unavailable: 503,
}
_OF_A_PATH = "/:@!$&'()*+,;=~%"
"""What RFC 3986 lets into a path as it is; the gateway hands over paths that it has decoded."""

_TEXT_CODES = {"fileName": "filename_invalid", "sha256": "checksum_invalid"}
_TEXT_ERRORS = ("string_unicode", "string_too_long")
"""Pydantic's, for text that the core would refuse by a code of its own."""

FieldError = dict[str, str]


def of_error(error: errors.AirlockError, instance: str, request_id: str) -> Response[str]:
    fields = [{"field": error.field, "detail": error.detail}] if error.field else []
    return _response(
        _status(error), error.code, error.detail, instance, request_id, fields, error.retry_after
    )


def of_validation(raised: Sequence[Any], instance: str, request_id: str) -> Response[str]:
    """Pydantic's errors, without the input: it may be long, and it is the client's already."""
    fields = [{"field": _field(entry["loc"]), "detail": entry["msg"]} for entry in raised]
    texts = [_field(entry["loc"]) for entry in raised if entry["type"] in _TEXT_ERRORS]
    code = next((_TEXT_CODES[field] for field in texts if field in _TEXT_CODES), "validation_failed")
    return _response(422, code, "The request does not fit the schema.", instance, request_id, fields)


def of_route(instance: str, request_id: str) -> Response[str]:
    return _response(404, "route_not_found", "There is nothing at this path.", instance, request_id)


def of_crash(instance: str, request_id: str) -> Response[str]:
    return _response(
        500, "internal_error", "Something broke on our side; the request id finds it.", instance, request_id
    )


def _status(error: errors.AirlockError) -> int:
    return next(status for known, status in _STATUS.items() if isinstance(error, known))


def _response(
    status: int,
    code: str,
    detail: str,
    instance: str,
    request_id: str,
    fields: Sequence[FieldError] = (),
    retry_after: int | None = None,
) -> Response[str]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": quote(instance, safe=_OF_A_PATH),
        "code": code,
        "requestId": request_id,
    }
    if fields:
        body["errors"] = list(fields)
    headers: dict[str, Any] = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(status_code=status, content_type=_CONTENT_TYPE, body=json.dumps(body), headers=headers)


def _field(location: Sequence[Any]) -> str:
    """`("body", "metadata", "a")` -> `metadata.a`; pydantic's own markers are left out."""
    names = [str(part) for part in location if part not in ("body", "query", "header", "path", "[key]")]
    return ".".join(names)
