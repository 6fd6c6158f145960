"""Renders `models.py` of clients/python from the schemas of the API description.

A field with an enumeration also accepts any other text, because a later version of the API may add a value.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from functions.http import openapi
from tools.generate.ruff_format import format_python

_HEAD = '''"""Requests and responses of the API. Generated from functions/http/openapi.json by `make generate`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from airlock_client._model import Model
'''
_SECRET = frozenset({"url", "urlTemplate", "signatures", "fields"})
"""Fields that `repr` leaves out, because they hold presigned URLs, which are credentials."""
_INDENT = "    "
_SCALARS = {"integer": "int", "boolean": "bool", "number": "float", "null": "None"}

Schema = Mapping[str, Any]


def render() -> str:
    """Returns the module."""
    schemas = json.loads(openapi.read_description())["components"]["schemas"]
    return format_python(_HEAD + "".join(_definition(name, schema) for name, schema in schemas.items()))


def _definition(name: str, schema: Schema) -> str:
    if "properties" not in schema:
        return f"\n\n{name} = {_type(schema)}\n{_docstring(schema, '')}\n"
    fields = "".join(_field(key, value, schema) for key, value in schema["properties"].items())
    return f"\n\nclass {name}(Model):\n{_docstring(schema, _INDENT)}\n{fields}"


def _field(key: str, schema: Schema, model: Schema) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
    options = dict(_options(key, schema, is_required=key in model.get("required", ())))
    default = options.get("default")
    type_ = _type(schema)
    if default == "None" and not type_.endswith("None"):
        type_ += " | None"
    value = default if options.keys() == {"default"} else None
    if options and value is None:
        value = f"Field({', '.join(f'{option}={text}' for option, text in options.items())})"
    return f"    {name}: {type_}{f' = {value}' if value else ''}\n{_docstring(schema, _INDENT)}"


def _options(key: str, schema: Schema, *, is_required: bool) -> Iterator[tuple[str, str]]:
    if not is_required:
        yield "default", repr(schema["default"]) if "default" in schema else "None"
    if key in _SECRET:
        yield "repr", "False"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if isinstance(schema["type"], list):
        return " | ".join(_type({"type": option}) for option in schema["type"])
    return _SCALARS.get(schema["type"]) or _COMPOSED[schema["type"]](schema)


def _string(schema: Schema) -> str:
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}] | str"
    return "datetime" if schema.get("format") == "date-time" else "str"


def _array(schema: Schema) -> str:
    return f"list[{_type(schema['items'])}]"


def _object(schema: Schema) -> str:
    values = [schema[key] for key in ("additionalProperties",) if key in schema]
    values += schema.get("patternProperties", {}).values()
    return f"dict[str, {_type(values[0]) if values else 'Any'}]"


_COMPOSED = {"string": _string, "array": _array, "object": _object}


def _docstring(schema: Schema, indent: str) -> str:
    description = schema.get("description")
    return f'{indent}"""{description}"""\n' if description else ""
