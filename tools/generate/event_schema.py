"""docs/events/document.json: the JSON Schema of the content of every event."""

import inspect
import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from functions.domain.changes import Change
from functions.domain.document_events import DocumentEvent


def render() -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_rename(_schema())}
    return json.dumps(schema, indent=2) + "\n"


def _schema() -> dict[str, Any]:
    schema = TypeAdapter(DocumentEvent).json_schema()
    types = ", ".join(f"document.{change}" for change in Change)
    description = inspect.cleandoc(DocumentEvent.__doc__ or "")
    return schema | {"description": f"{description}\n\nThe `detail-type` is one of {types}."}


def _rename(schema: Any) -> Any:
    """Returns the schema with the names of properties in camelCase."""
    if isinstance(schema, list):
        return [_rename(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {key: _rename(value) for key, value in schema.items()}
    if "required" in renamed:
        renamed["properties"] = {to_camel(name): each for name, each in renamed["properties"].items()}
        renamed["required"] = [to_camel(name) for name in renamed["required"]]
    return renamed
