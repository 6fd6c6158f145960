"""Renders `functions/http/openapi.json` from the route table, the codes and the annotations of the handlers."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions import __version__
from functions.domain.codes import Code
from functions.http.function import HttpFunction
from functions.http.route import RATE_LIMIT_HEADERS, Route, Success
from functions.http.routes import ROUTES
from functions.lambdas import documents, manifests, tickets, uploads
from tools.generate import openapi_schemas

_SCHEME = "accessToken"
_TOO_MANY = 429
_GATEWAY_STATUSES = (401, 403, 413, _TOO_MANY, 500, 503)
"""Statuses that API Gateway also responds with on its own, before any function runs."""
_ALWAYS_POSSIBLE = (401, _TOO_MANY)
"""Those of them that have no code."""
_RETRIED = (409, _TOO_MANY, 503)
_JSON = "application/json"
_WITHOUT_BODY = (204, 304, 307)
_UNUSED = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Powertools' own error schemas; problems take their place."""


def render() -> str:
    """Returns the OpenAPI document as indented JSON."""
    return json.dumps(describe(), indent=2, ensure_ascii=False) + "\n"


def describe() -> dict[str, Any]:
    """Returns the OpenAPI document."""
    described = _describe(uploads.api)
    schemas = described["components"]["schemas"]
    for others in (_describe(documents.api), _describe(manifests.api), _describe(tickets.api)):
        for path, operations in others["paths"].items():
            described["paths"].setdefault(path, {}).update(operations)
        schemas |= others["components"]["schemas"]
    schemas = {name: schema for name, schema in schemas.items() if name not in _UNUSED}
    described["components"]["schemas"] = dict(sorted((schemas | openapi_schemas.SCHEMAS).items()))
    described["paths"] = {path: _operations(path, described["paths"][path]) for path in _paths()}
    for part in ("paths", "components"):
        described[part] = _without_titles(described[part])
    return described


def _describe(api: HttpFunction) -> dict[str, Any]:
    """Returns Powertools' description of one function: parameters, request bodies and the schemas of responses."""
    text = api.app.get_openapi_json_schema(
        title="Airlock",
        version=__version__,
        description="Upload files straight to S3. No file can be downloaded before it is checked.",
        security_schemes={_SCHEME: HTTPBearer(bearerFormat="JWT")},
        security=[{_SCHEME: []}],
    )
    described: dict[str, Any] = json.loads(text)
    return described


def _without_titles(node: Any) -> Any:
    """Drops the titles that pydantic derives from names, such as "Createdat"."""
    if isinstance(node, list):
        return [_without_titles(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    is_title = {name: name == "title" and isinstance(value, str) for name, value in node.items()}
    return {name: _without_titles(value) for name, value in node.items() if not is_title[name]}


def _described_routes() -> list[Route]:
    return [route for route in ROUTES if not route.is_public]


def _paths() -> list[str]:
    return sorted({route.path for route in _described_routes()})


def _operations(path: str, described: dict[str, Any]) -> dict[str, Any]:
    routes = [route for route in _described_routes() if route.path == path]
    return {route.method.lower(): _operation(route, described[route.method.lower()]) for route in routes}


def _operation(route: Route, described: dict[str, Any]) -> dict[str, Any]:
    [content] = [
        response.get("content", {})
        for status, response in described["responses"].items()
        if status == str(route.success[0].status)
    ]
    if route.success[0].content_type != _JSON:
        content = {route.success[0].content_type: {"schema": {"type": "string"}}}
    good = {str(success.status): _success(success, content) for success in route.success}
    bad = {str(status): _problem(status, codes) for status, codes in _codes_by_status(route).items()}
    return described | {"responses": good | bad}


def _codes_by_status(route: Route) -> dict[int, list[Code]]:
    """Returns the codes of a route by status, in the order of the statuses."""
    statuses = {*_ALWAYS_POSSIBLE, *(code.status or 0 for code in route.codes)}
    return {status: [code for code in route.codes if code.status == status] for status in sorted(statuses)}


def _success(success: Success, content: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: openapi_schemas.HEADERS[name] | {"required": name in success.headers}
        for name in success.all_headers
    }
    return (
        {"description": success.description}
        | ({"headers": headers} if headers else {})
        | ({} if success.status in _WITHOUT_BODY else {"content": content})
    )


def _problem(status: int, codes: list[Code]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if codes:
        # Generators of clients merge this with Problem only if each value has a type, and drop a problem with `const`.
        of_these = {
            "type": "object",
            "properties": {
                "status": {"type": "integer", "enum": [status]},
                "code": {"type": "string", "enum": codes},
            },
        }
        content["application/problem+json"] = {
            "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, of_these]}
        }
    if status in _GATEWAY_STATUSES:
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    meanings = "\n".join(f"- `{code}`: {code.message}" for code in codes)
    response = {"description": meanings or HTTPStatus(status).phrase, "content": content}
    names = ("Retry-After", *RATE_LIMIT_HEADERS) if status == _TOO_MANY else ("Retry-After",)
    headers = {name: openapi_schemas.HEADERS[name] for name in names}
    return response | ({"headers": headers} if status in _RETRIED else {})
