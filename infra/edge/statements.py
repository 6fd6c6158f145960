"""Statements of AWS WAF's rules, in the form that CloudFormation and the API share."""

from collections.abc import Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]

METHOD: Statement = {"Method": {}}
PATH: Statement = {"UriPath": {}}
MAX_PATTERN = 512
"""Longest regular expression in characters. https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"""
_NONE = [{"Priority": 0, "Type": "NONE"}]


def header(name: str) -> Statement:
    return {"SingleHeader": {"Name": name}}


def matches(field: Statement, pattern: str) -> Statement:
    """Returns the statement that a part of the request matches a regular expression. Raises ValueError if it is too long."""
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"a pattern of {len(pattern)} characters; AWS WAF takes {MAX_PATTERN}")
    return {
        "RegexMatchStatement": {
            "FieldToMatch": field,
            "RegexString": pattern,
            "TextTransformations": _NONE,
        }
    }


def has_label(key: str) -> Statement:
    return {"LabelMatchStatement": {"Scope": "LABEL", "Key": key}}


def negate(statement: Statement) -> Statement:
    return {"NotStatement": {"Statement": statement}}


def all_of(*statements: Statement) -> Statement:
    return {"AndStatement": {"Statements": list(statements)}}


def any_of(statements: Sequence[Statement]) -> Statement:
    """Returns the only statement, or the disjunction of several, because AWS WAF wants at least two."""
    return statements[0] if len(statements) == 1 else {"OrStatement": {"Statements": list(statements)}}
