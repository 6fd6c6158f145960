"""The capacity that a rule needs, in web ACL capacity units (WCU), as AWS documents it for each statement.

A web ACL has at most 5,000. Above 1,500, each 500 more are billed.
Each transformation of a text adds 10, also that of a custom key, for which AWS documents 30 alone: the sum is an upper bound.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-regex-match.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-label-match.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.edge.managed_rules import GROUPS

LIMIT, INCLUDED = 5_000, 1_500
_REGEX, _LABEL, _RATE, _CUSTOM_KEY, _TRANSFORMATION = 3, 1, 2, 30, 10


def count_capacity(rules: Iterable[Mapping[str, Any]]) -> int:
    """Returns the WCU of rules. AWS may need fewer, because statements share the transformation of a part of a request."""
    return sum(_count(rule["Statement"]) for rule in rules)


def _count(statement: Mapping[str, Any]) -> int:
    [(name, content)] = statement.items()
    match name:
        case "RegexMatchStatement":
            return _REGEX + _count_transformations(content)
        case "LabelMatchStatement":
            return _LABEL
        case "NotStatement":
            return _count(content["Statement"])
        case "AndStatement" | "OrStatement":
            return sum(_count(each) for each in content["Statements"])
        case "RateBasedStatement":
            keys = [key for each in content.get("CustomKeys", ()) for key in each.values()]
            return _RATE + sum(_CUSTOM_KEY + _count_transformations(key) for key in keys)
        case "ManagedRuleGroupStatement":
            return next(group.capacity for group in GROUPS if group.name == content["Name"])
    raise ValueError(f"the capacity of a {name} is not known")


def _count_transformations(content: Mapping[str, Any]) -> int:
    return sum(_TRANSFORMATION for each in content["TextTransformations"] if each["Type"] != "NONE")
