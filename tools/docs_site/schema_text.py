"""JSON Schema of an API description as Markdown."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "minItems": "items at least",
    "maxItems": "items at most",
    "pattern": "matches",
    "default": "by default",
}


def render_fields(fields: Mapping[str, Any], required: Collection[str]) -> str:
    """Returns a table with a row for each field, or nothing without fields."""
    if not fields:
        return ""
    rows = "".join(
        f"| `{name}` | {'yes' if name in required else ''} | {describe_type(schema)} | {_describe(schema)} |\n"
        for name, schema in fields.items()
    )
    return f"| name | required | type | meaning |\n| -- | -- | -- | -- |\n{rows}"


def describe_type(schema: Mapping[str, Any]) -> str:
    """Returns the type, with a link to each schema."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](schemas.md#{name.lower()})"
    if "allOf" in schema:  # a problem with the codes of one status, which its description lists
        return describe_type(schema["allOf"][0])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(describe_type(each) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {describe_type(schema['items'])}"
    if isinstance(values := schema.get("additionalProperties"), dict):
        return f"object of {describe_type(values)}"
    return str(schema.get("format") or schema.get("type", "any"))


def _describe(schema: Mapping[str, Any]) -> str:
    text = " ".join(schema.get("description", "").split()).replace("|", "\\|")
    return ". ".join(part for part in (text.rstrip("."), ", ".join(_bounds(schema))) if part)


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    """The bounds of a field that may be null are those of its other type."""
    for each in [schema, *schema.get("anyOf", [])]:
        for key, words in _BOUNDS.items():
            if each.get(key) is not None:
                value = f"{each[key]}".replace("|", "\\|")
                yield f"{words} `{value}`"
