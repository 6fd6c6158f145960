"""Options in CDK context: how a value is parsed, and how error messages and docs describe the accepted values."""

import re
from collections.abc import Sequence
from dataclasses import Field
from pathlib import Path
from typing import Any, NamedTuple

from functions.domain.casing import to_camel_case
from functions.option_types import Flag, Number, Text, description

CHECKOUT = Path(__file__).parent.parent
"""Paths in CDK context are relative to it."""

_NOUNS = {
    "seconds": "a whole number of seconds",
    "days": "a whole number of days",
    "bytes": "a whole number of bytes",
    "count": "a whole number",
}


class Choice(NamedTuple):
    """One of a few words. `true` and `false` may also be JSON's."""

    doc: str
    values: tuple[str, ...]


class TextList(NamedTuple):
    """One or more strings, each of which matches `pattern` as a whole. `accepts` describes them in English."""

    doc: str
    accepts: str
    pattern: str
    max_items: int | None = None


Option = Number | Text | TextList | Flag | Choice


def option(field: "Field[Any]") -> Option:
    """Returns the option that a field of a deployment is annotated with."""
    found: Option = description(field)
    return found


def context_key(field_name: str) -> str:
    """Returns the name in camelCase, such as `urlLifetime` for `url_lifetime`."""
    return to_camel_case(field_name)


def accepted_values(option: Option) -> str:
    """Returns a noun phrase, such as `a whole number of seconds from 1 to 900`."""
    match option:
        case Number(unit=unit, maximum=maximum, at_least=at_least, minimum=minimum):
            lower = context_key(at_least) if at_least else minimum
            upper = f"to {maximum}" if maximum else "upwards"
            return f"{_NOUNS[unit]} from {lower} {upper}"
        case Flag():
            return "true or false"
        case Choice(values=values):
            return f"{', '.join(values[:-1])} or {values[-1]}"
        case Text(accepts=accepts) | TextList(accepts=accepts):
            return accepts


def parse(option: Option, value: object) -> object:
    """Returns the value of a context key in the type of its field. Raises ValueError.

    A value in cdk.json has a JSON type; one on the command line (`-c key=value`) is always a string.
    """
    match option:
        case Number(minimum=minimum, maximum=maximum):
            return _whole_number(value, minimum, maximum)
        case Text(pattern=pattern):
            return _text(value, pattern)
        case TextList(pattern=pattern, max_items=max_items):
            return _text_list(value, pattern, max_items)
        case Flag():
            return _flag(value)
        case Choice(values=values):
            return _choice(value, values)


def _whole_number(value: object, minimum: int, maximum: int | None) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"0|[1-9][0-9]*", str(value)):
        raise ValueError(value)
    number = int(str(value))
    if number < minimum or (maximum and number > maximum):
        raise ValueError(value)
    return number


def _text(value: object, pattern: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValueError(value)
    return value


def _text_list(value: object, pattern: str, max_items: int | None) -> Sequence[str]:
    items = [item.strip() for item in value.split(",")] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or (max_items and len(items) > max_items):
        raise ValueError(value)
    return tuple(_text(item, pattern) for item in items)


def _flag(value: object) -> bool:
    if value not in (True, False, "true", "false"):
        raise ValueError(value)
    return value in (True, "true")


def _choice(value: object, values: Sequence[str]) -> str:
    word = str(value).lower() if isinstance(value, bool) else value
    if word not in values:
        raise ValueError(value)
    return str(word)
