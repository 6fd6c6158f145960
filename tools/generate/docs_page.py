"""Renders `functions/http/docs.html` from the API description: one page without scripts, which fetches nothing."""

from collections.abc import Iterator
from html import escape
from typing import Any

from functions.http.routes import ROUTES
from tools.generate.openapi import describe

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1rem; }
summary { cursor: pointer; padding: .3rem 0; }
details { border-bottom: 1px solid #8884; }
details > :not(summary) { margin-left: 1rem; }
table { border-collapse: collapse; width: calc(100% - 1rem); margin-bottom: 1rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-top: 1px solid #8882; }
code { font-size: .9em; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
"""

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Airlock</title>
<style>{style}</style>
</head>
<body>
<h1>Airlock API {version}</h1>
<p>{description} Every operation needs the header <code>Authorization: Bearer {{access token}}</code>.
<a href="openapi.json">openapi.json</a> is the complete description, for generators of clients and for other viewers.</p>
"""


def render() -> str:
    """Returns the page: the operations by tag, then the schemas."""
    description = describe()
    info = description["info"]
    head = _HEAD.format(
        style=_STYLE, version=escape(info["version"]), description=escape(info["description"])
    )
    return "".join((head, *_operations(description), *_schemas(description), "</body>\n</html>\n"))


def _operations(description: dict[str, Any]) -> Iterator[str]:
    for tag in dict.fromkeys(route.tag for route in ROUTES if not route.is_public):
        yield f"<h2>{escape(tag)}</h2>\n"
        for route in ROUTES:
            if route.tag == tag and not route.is_public:
                yield from _operation(
                    route.method, route.path, description["paths"][route.path][route.method.lower()]
                )


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    name = f'<span class="method">{method}</span> <code>{escape(path)}</code>'
    yield f'<details id="{operation["operationId"]}">\n<summary>{name} {escape(operation["summary"])}</summary>\n'
    parameters = [
        (f"{p['name']} ({p['in']})", _type(p["schema"]), p.get("description", ""), p["required"])
        for p in operation.get("parameters", [])
    ]
    if parameters:
        yield _fields(parameters)
    if body := operation.get("requestBody"):
        yield f"<p>Body: {_type(body['content']['application/json']['schema'])}</p>\n"
    yield _table(
        (
            f"<td>{status}</td>",
            f"<td>{_content(response)}</td>",
            f"<td>{_lines(response['description'])}</td>",
        )
        for status, response in operation["responses"].items()
    )
    yield "</details>\n"


def _schemas(description: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Schemas</h2>\n"
    for name, schema in sorted(description["components"]["schemas"].items()):
        yield f'<details id="{name}">\n<summary><code>{name}</code></summary>\n'
        yield f"<p>{_lines(schema.get('description', ''))}</p>\n"
        required = schema.get("required", [])
        yield _fields(
            [
                (field, _type(each), each.get("description", ""), field in required)
                for field, each in schema.get("properties", {}).items()
            ]
        )
        yield "</details>\n"


def _fields(rows: list[tuple[str, str, str, bool]]) -> str:
    """`rows` are name, type as HTML, description, and whether the field is required."""
    return _table(
        (
            f"<td><code>{escape(name)}</code>{'' if required else ' optional'}</td>",
            f"<td>{kind}</td>",
            f"<td>{_lines(text)}</td>",
        )
        for name, kind, text, required in rows
    )


def _table(rows: Iterator[tuple[str, ...]]) -> str:
    return "<table>\n" + "".join(f"<tr>{''.join(cells)}</tr>\n" for cells in rows) + "</table>\n"


def _content(response: dict[str, Any]) -> str:
    return ", ".join(_type(content["schema"]) for content in response.get("content", {}).values())


def _type(schema: dict[str, Any]) -> str:
    """Returns the type as HTML, with a link to each schema."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f'<a href="#{name}">{name}</a>'
    if "allOf" in schema:  # a problem with the codes of one status, which its description lists
        return _type(schema["allOf"][0])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if values := schema.get("enum"):
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if isinstance(values := schema.get("additionalProperties"), dict):
        return f"object of {_type(values)}"
    return escape(str(schema.get("type", "any")))


def _lines(text: str) -> str:
    """Returns Markdown of the description as HTML: code in backticks, and a line break before each item of a list."""
    parts = escape(text, quote=False).split("`")
    code = [part if index % 2 == 0 else f"<code>{part}</code>" for index, part in enumerate(parts)]
    return "".join(code).removeprefix("- ").replace("\n- ", "<br>")
