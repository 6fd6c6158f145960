"""Statements of AWS WAF rules: size constraints, byte and regular-expression matches, labels, and their combinations.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
"""

import operator
import re
from collections.abc import Callable
from typing import TypeAlias

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties
from edge_proxy.waf_request import Component, WafRequest, read_component

Statement: TypeAlias = Callable[[WafRequest], bool]
"""True for a request that matches."""

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "LE": operator.le,
    "LT": operator.lt,
    "GE": operator.ge,
    "GT": operator.gt,
}
_POSITIONS: dict[str, Callable[[bytes, bytes], bool]] = {
    "EXACTLY": operator.eq,
    "STARTS_WITH": bytes.startswith,
    "ENDS_WITH": bytes.endswith,
    "CONTAINS": operator.contains,
    "CONTAINS_WORD": lambda data, text: (
        re.search(rb"(?<!\w)" + re.escape(text) + rb"(?!\w)", data) is not None
    ),
}


def read_statement(properties: Properties) -> Statement:
    """Reads a statement object, which has one member. Raises TemplateError for a kind that is not emulated."""
    for kind, read in _READERS.items():
        if nested := properties.optional(kind):
            with properties, nested:
                return read(nested)
    properties.finish()
    raise TemplateError(f"{properties.where} is empty")


def _read_size(properties: Properties) -> Statement:
    component, size = read_component(properties), int(properties.take("Size"))
    compare = _COMPARISONS[properties.take("ComparisonOperator")]
    return _on_component(component, lambda data: compare(len(data), size))


def _read_byte_match(properties: Properties) -> Statement:
    component, text = read_component(properties), properties.take("SearchString").encode()
    is_match = _POSITIONS[properties.take("PositionalConstraint")]
    return _on_component(component, lambda data: is_match(data, text))


def _read_regex_match(properties: Properties) -> Statement:
    component, pattern = read_component(properties), re.compile(properties.take("RegexString").encode())
    return _on_component(component, lambda data: pattern.search(data) is not None)


def _read_label_match(properties: Properties) -> Statement:
    scope, key = properties.take("Scope"), properties.take("Key")
    if scope == "LABEL":
        return lambda request: any(f":{label}".endswith(f":{key}") for label in request.labels)
    return lambda request: any(label.startswith(key) or f":{key}" in label for label in request.labels)


def _read_not(properties: Properties) -> Statement:
    inner = read_statement(properties.nested("Statement"))
    return lambda request: not inner(request)


def _read_and(properties: Properties) -> Statement:
    inner = [read_statement(item) for item in properties.items("Statements")]
    return lambda request: all(statement(request) for statement in inner)


def _read_or(properties: Properties) -> Statement:
    inner = [read_statement(item) for item in properties.items("Statements")]
    return lambda request: any(statement(request) for statement in inner)


def _on_component(component: Component, is_match: Callable[[bytes], bool]) -> Statement:
    def match(request: WafRequest) -> bool:
        decided = component.decide_oversize(request)
        if decided is not None:
            return decided
        data = component.find(request)
        return data is not None and is_match(data)

    return match


_READERS: dict[str, Callable[[Properties], Statement]] = {
    "SizeConstraintStatement": _read_size,
    "ByteMatchStatement": _read_byte_match,
    "RegexMatchStatement": _read_regex_match,
    "LabelMatchStatement": _read_label_match,
    "NotStatement": _read_not,
    "AndStatement": _read_and,
    "OrStatement": _read_or,
}
