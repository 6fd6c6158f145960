"""Errors as RFC 9457 problem details. The HTTP status comes from the code and from nowhere else."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from functions.domain.codes import Code
from functions.domain.errors import AirlockError, InvalidInput, TooMany
from functions.http.rate_limits import render_limits
from functions.http.texts import Texts

_CONTENT_TYPE = "application/problem+json"
_PATH_CHARACTERS = "/:@!$&'()*+,;=~%"
"""Characters that RFC 3986 allows in a path as they are. The gateway passes on decoded paths."""

_TEXT_CODES = {"fileName": Code.FILENAME_INVALID, "sha256": Code.CHECKSUM_INVALID}
_TEXT_ERRORS = ("string_unicode", "string_too_long")
"""Error types of pydantic for text that `functions.domain` rejects with a code of its own."""

FieldError = dict[str, str]


class InvalidFields(InvalidInput):
    """The error for pydantic's `errors`, without the input, which may be long."""

    def __init__(self, errors: Sequence[Any]) -> None:
        texts = [_name_field(entry["loc"]) for entry in errors if entry["type"] in _TEXT_ERRORS]
        super().__init__(
            next((_TEXT_CODES[field] for field in texts if field in _TEXT_CODES), Code.VALIDATION_FAILED)
        )
        self.fields = [{"field": _name_field(entry["loc"]), "detail": entry["msg"]} for entry in errors]


class Occurrence(NamedTuple):
    """The request that failed: its decoded path and its request id, and the sentences in the language of its user."""

    path: str
    request_id: str
    texts: Texts


def render_error(error: AirlockError, occurrence: Occurrence) -> Response[str]:
    """Returns the problem of `error`, with `Retry-After` if the error names a delay, and the limits that it names."""
    response = _render(
        error.code, error.detail, occurrence, list_fields(error), error.retry_after, error.duplicate_of
    )
    if isinstance(error, TooMany):
        response.headers.update(render_limits(error.limits))
    return response


def list_fields(error: AirlockError) -> Sequence[FieldError]:
    """Returns the fields that are wrong. Empty for an error that names none."""
    if isinstance(error, InvalidFields):
        return error.fields
    return [{"field": error.field, "detail": error.detail}] if error.field else []


def render_validation_errors(errors: Sequence[Any], occurrence: Occurrence) -> Response[str]:
    """Returns the problem of pydantic's `errors`."""
    return render_error(InvalidFields(errors), occurrence)


def render_code(code: Code, occurrence: Occurrence) -> Response[str]:
    """Returns the problem of a code that needs no further detail."""
    return _render(code, code.message, occurrence)


def _render(
    code: Code,
    detail: str,
    occurrence: Occurrence,
    fields: Sequence[FieldError] = (),
    retry_after: int | None = None,
    duplicate_of: str | None = None,
) -> Response[str]:
    status = HTTPStatus(code.status or HTTPStatus.INTERNAL_SERVER_ERROR)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "instance": quote(occurrence.path, safe=_PATH_CHARACTERS),
        "code": code,
        "message": occurrence.texts.find(code),
        "requestId": occurrence.request_id,
    }
    if fields:
        body["errors"] = list(fields)
    if duplicate_of is not None:
        body["duplicateOf"] = duplicate_of
    headers: dict[str, Any] = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(
        status_code=int(status), content_type=_CONTENT_TYPE, body=json.dumps(body), headers=headers
    )


def _name_field(location: Sequence[Any]) -> str:
    """Returns the JSON name of a location: `("body", "metadata", "a")` gives `metadata.a`."""
    names = [str(part) for part in location if part not in ("body", "query", "header", "path", "[key]")]
    return ".".join(names)
