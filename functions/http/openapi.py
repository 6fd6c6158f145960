"""The API's description, from the code that serves it, and a page that renders it."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from importlib import resources
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

from functions.domain.codes import Code
from functions.http import answers

_TITLE = "Airlock"
_VERSION = "1.0.0"
_SCHEME = "accessToken"
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; `code` is stable, `detail` is for people.",
    "required": ["type", "title", "status", "detail", "instance", "code", "requestId"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "examples": [Code.DOCUMENT_NOT_FOUND]},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_GATEWAYS_OWN = {
    "type": "object",
    "title": "GatewayMessage",
    "description": "What API Gateway answers before any function is asked; an HTTP API lets nobody shape it.",
    "required": ["message"],
    "properties": {"message": {"type": ["string", "null"]}},
}
_BY_THE_GATEWAY = (401, 403, 413, 429, 500, 503)
_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_RETRIED = (409, 429, 503)

_WITHOUT_BODY = {"204", "304", "307"}
_NEVER_SENT = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Powertools' own error shapes; ours take their place."""


def describe(*apps: APIGatewayHttpResolver) -> str:
    """One OpenAPI document for the routes of several functions."""
    parts = [_described(app) for app in apps]
    whole = parts[0]
    for part in parts[1:]:
        for path, operations in part["paths"].items():
            whole["paths"].setdefault(path, {}).update(operations)
        whole["components"]["schemas"] |= part["components"]["schemas"]
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            operation["responses"] = _answers(f"{method.upper()} {path}", operation["responses"])
    schemas = whole["components"]["schemas"]
    for name in _NEVER_SENT:
        schemas.pop(name, None)
    schemas |= {"Problem": _PROBLEM, "GatewayMessage": _GATEWAYS_OWN}
    return json.dumps(whole)


def _answers(operation: str, described: dict[str, Any]) -> dict[str, Any]:
    """The good answers of the code and of `answers`, and every problem by its status."""
    good = {status: answer for status, answer in described.items() if status < "4"}
    for status, more in answers.SUCCESS_RESPONSES.get(operation, {}).items():
        good[status] = good.get(status, {}) | more
    for status in good.keys() & _WITHOUT_BODY:
        good[status].pop("content", None)
    problems = answers.codes(operation).items()
    return good | {str(status): _problem(status, codes) for status, codes in problems}


def _problem(status: int, codes: Sequence[str]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if codes:
        one_of_these = {"properties": {"status": {"const": status}, "code": {"enum": list(codes)}}}
        schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, one_of_these]}
        content["application/problem+json"] = {"schema": schema}
    if status in _BY_THE_GATEWAY:
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    answer = {"description": ", ".join(codes) or HTTPStatus(status).phrase, "content": content}
    return answer | ({"headers": _RETRY_AFTER} if status in _RETRIED else {})


def page(description: str) -> str:
    """Swagger UI as Powertools ships it: nothing is fetched from anywhere."""
    files = resources.files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    html: str = generate_swagger_html(
        spec=description.replace("</", "<\\/"),
        swagger_js=files.joinpath("swagger-ui-bundle.min.js").read_text("utf-8"),
        swagger_css=files.joinpath("swagger-ui.min.css").read_text("utf-8"),
        swagger_base_url="",
        oauth2_config=None,
    )
    return html.replace("<title>Swagger UI</title>", f"<title>{_TITLE}</title>", 1)


def _described(app: APIGatewayHttpResolver) -> dict[str, Any]:
    text = app.get_openapi_json_schema(
        title=_TITLE,
        version=_VERSION,
        description="Upload straight to S3; nothing can be downloaded before it was checked.",
        security_schemes={_SCHEME: HTTPBearer(bearerFormat="JWT")},
        security=[{_SCHEME: []}],
    )
    described: dict[str, Any] = json.loads(text)
    return described
