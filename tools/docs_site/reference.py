"""The reference of the API: a page for each tag of the API description, and one with the schemas."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from tools.docs_site.schema_text import describe_type, render_fields

SCHEMAS = "schemas.md"
_HEAD = """# {tag}: operations

The operations that `openapi.json` lists under *{tag}*, with parameters, responses and codes. [Errors](../errors.md) says what
to do about each code.

"""
_METHODS = ("get", "post", "put", "patch", "delete")


def render_reference(description: Mapping[str, Any]) -> dict[str, str]:
    """Returns Markdown by path in the site, such as `reference/uploads.md`, of an OpenAPI 3.1 description."""
    operations: defaultdict[str, list[str]] = defaultdict(list)
    for path, methods in description["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                operations[operation["tags"][0]].append(_render_operation(method, path, operation))
    pages = {_name_page(tag): _HEAD.format(tag=tag) + "".join(texts) for tag, texts in operations.items()}
    return {f"reference/{name}": page for name, page in (pages | {SCHEMAS: _schemas(description)}).items()}


def _name_page(tag: str) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', tag.lower())}.md"


def _render_operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    lines = [f"## {operation['operationId']}\n", f"`{method.upper()} {path}`: {operation['summary']}.\n"]
    if parameters := operation.get("parameters"):
        rows = {f"{row['name']} ({row['in']})": row | row["schema"] for row in parameters}
        lines.append(render_fields(rows, [name for name, row in rows.items() if row["required"]]))
    if body := operation.get("requestBody"):
        lines.append(f"Body: {_content(body)}\n")
    return "\n".join([*lines, *_responses(operation["responses"])]) + "\n"


def _responses(responses: Mapping[str, Any]) -> Iterator[str]:
    yield "| status | headers | body | meaning |\n| -- | -- | -- | -- |"
    for status, response in responses.items():
        headers = ", ".join(f"`{name}`" for name in response.get("headers", {}))
        yield f"| {status} | {headers} | {_content(response)} | {_codes(response['description'])} |"


def _content(body: Mapping[str, Any]) -> str:
    """Returns the types of a body, such as of JSON and of a problem."""
    return ", ".join(
        dict.fromkeys(describe_type(each["schema"]) for each in body.get("content", {}).values())
    )


def _codes(text: str) -> str:
    """Returns a description in one line. The codes of problems are a list in it."""
    return text.removeprefix("- ").replace("\n- ", "<br>").replace("\n", " ").replace("|", "\\|")


def _schemas(description: Mapping[str, Any]) -> str:
    parts = ["# Schemas\n\nThe bodies of requests and responses, as JSON.\n"]
    for name, schema in sorted(description["components"]["schemas"].items()):
        text = schema.get("description", "").strip()
        fields = render_fields(schema.get("properties", {}), schema.get("required", []))
        parts.append("\n".join(part for part in (f"\n## {name}\n", text and f"{text}\n", fields) if part))
    return "".join(parts)
