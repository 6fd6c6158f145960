"""Conversion between plain values and DynamoDB's attribute values."""

from collections.abc import Mapping
from typing import Any

AttributeValue = Mapping[str, Any]
"""A value with its type, as in DynamoDB's API: `{"S": "text"}`, `{"N": "1"}`."""

Item = dict[str, AttributeValue]


def to_item(values: Mapping[str, Any]) -> Item:
    """Converts plain values to attribute values. Omits None at the top."""
    return {name: _serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """Converts attribute values to plain values. All numbers of this table are integers."""
    return {name: _deserialize(value) for name, value in item.items()}


def _serialize(value: Any) -> AttributeValue:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [_serialize(entry) for entry in value]}
        case dict():
            return {"M": {name: _serialize(entry) for name, entry in value.items()}}
    raise TypeError(f"no attribute type for a {type(value).__name__}")


def _deserialize(value: AttributeValue) -> Any:
    [(attribute_type, content)] = value.items()
    match attribute_type:
        case "S" | "BOOL":
            return content
        case "N":
            return int(content)
        case "L":
            return [_deserialize(entry) for entry in content]
        case "M":
            return from_item(content)
    raise TypeError(f"unexpected attribute type {attribute_type}")
