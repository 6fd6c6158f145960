"""The API's description, from the code that serves it, and a page that renders it."""

import json
from importlib import resources
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

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
        "instance": {"type": "string"},
        "code": {"type": "string", "examples": ["document_not_found"]},
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
_PROBLEM_RESPONSE = {
    "description": "Anything that went wrong",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

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
    for operations in whole["paths"].values():
        for operation in operations.values():
            _replace_errors(operation["responses"])
    schemas = whole["components"]["schemas"]
    for name in _NEVER_SENT:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    return json.dumps(whole)


def _replace_errors(responses: dict[str, Any]) -> None:
    responses.pop("422", None)
    responses.pop("500", None)
    responses["default"] = _PROBLEM_RESPONSE


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
