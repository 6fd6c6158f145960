"""Conversion between plain values and DynamoDB's attribute values."""

from collections.abc import Mapping
from typing import Any

AttributeValue = Mapping[str, Any]
"""A value with its type, as in DynamoDB's API: `{"S": "text"}`, `{"N": "1"}`."""

Item = dict[str, AttributeValue]


def to_item(values: Mapping[str, Any]) -> Item:
    """Converts the plain values of JSON to attribute values. Omits None at the top."""
    return {name: _serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """Converts attribute values to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def _serialize(value: Any) -> AttributeValue:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": repr(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [_serialize(entry) for entry in value]}
        case Mapping():
            return {"M": {name: _serialize(entry) for name, entry in value.items()}}
    raise TypeError(f"no attribute type for a {type(value).__name__}")


def _deserialize(value: AttributeValue) -> Any:
    [(attribute_type, content)] = value.items()
    match attribute_type:
        case "S" | "BOOL":
            return content
        case "N":
            return int(content) if content.lstrip("-").isdigit() else float(content)
        case "NULL":
            return None
        case "L":
            return [_deserialize(entry) for entry in content]
        case "M":
            return from_item(content)
    raise TypeError(f"unexpected attribute type {attribute_type}")
