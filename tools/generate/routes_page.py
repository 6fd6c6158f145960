"""Renders `docs/routes.md` from the route table and the API description: every operation with its input and responses."""

from collections.abc import Iterator
from typing import Any

from functions.http.route import Route
from functions.http.routes import ROUTES
from tools.generate.openapi import describe

_HEAD = """# Routes

Generated from `functions/http/routes.py` and the schemas by `make generate`. A name with `?` is optional. `/openapi.json` is
the complete description, and `/docs` displays it. [Errors](errors.md) lists the codes of each operation.
"""
_TABLE_HEAD = "| route | operation | summary | input | responses |\n|---|---|---|---|---|\n"


def render() -> str:
    """Returns the page as Markdown, with one table per tag."""
    description = describe()
    tags = dict.fromkeys(route.tag for route in ROUTES)
    return _HEAD + "".join(f"\n## {tag}\n\n{_TABLE_HEAD}{_rows(tag, description)}" for tag in tags)


def _rows(tag: str, description: dict[str, Any]) -> str:
    return "".join(_row(route, description) for route in ROUTES if route.tag == tag)


def _row(route: Route, description: dict[str, Any]) -> str:
    paths = description["paths"]
    operation = {} if route.is_public else paths[route.path][route.method.lower()]
    inputs = ", ".join(_inputs(operation, description["components"]["schemas"]))
    responses = " ".join(f"{success.status}: {success.description}" for success in route.success)
    return f"| `{route.key}` | {route.operation_id} | {route.summary} | {inputs} | {responses} |\n"


def _inputs(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    for place in ("header", "query"):
        names = [_name(p["name"], required=p["required"]) for p in parameters if p["in"] == place]
        if names:
            yield f"{place} `{', '.join(names)}`"
    if body := operation.get("requestBody"):
        schema = body["content"]["application/json"]["schema"]
        reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
        yield f"body `{_object(schemas[reference.rpartition('/')[2]])}`"


def _object(schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    return "{" + ", ".join(_name(name, required=name in required) for name in schema["properties"]) + "}"


def _name(name: str, *, required: bool) -> str:
    return name if required else f"{name}?"
