"""docs/events: the JSON Schemas of the content of events, of documents and of owners."""

import inspect
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from functions.domain.changes import Change
from functions.domain.document_events import DocumentEvent
from functions.domain.suspicion import OwnerChange, OwnerEvent


def render() -> str:
    """Returns the schema of the events of a document."""
    return _render(DocumentEvent, [f"document.{change}" for change in Change])


def render_owner() -> str:
    """Returns the schema of the events of an owner."""
    return _render(OwnerEvent, [f"owner.{change}" for change in OwnerChange])


def _render(content: type[DocumentEvent | OwnerEvent], types: Sequence[str]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_rename(_schema(content, types))}
    return json.dumps(schema, indent=2) + "\n"


def _schema(content: type[DocumentEvent | OwnerEvent], types: Sequence[str]) -> dict[str, Any]:
    schema = TypeAdapter(content).json_schema()
    description = inspect.cleandoc(content.__doc__ or "")
    return schema | {"description": f"{description}\n\nThe `detail-type` is one of {', '.join(types)}."}


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
