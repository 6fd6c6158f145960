"""Evaluates policies as AWS documents it, for the operators that the stack uses.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.template import Synthesis

Context = Mapping[str, object]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def denying_sids(policy: Mapping[str, Any], action: str, resource: str, context: Context) -> set[str]:
    """Returns the Sid of each statement that denies this request to everybody; `TLS` for CDK's own, which have none."""
    return {
        statement.get("Sid", "TLS")
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == {"AWS": "*"}
        and _matches(action, statement["Action"])
        and _covers(statement, resource)
        and all(_is_met(operator, test, context) for operator, test in statement.get("Condition", {}).items())
    }


def _covers(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not _matches(resource, statement["NotResource"])
    return _matches(resource, statement["Resource"])


def _matches(value: str, patterns: Any) -> bool:
    # fnmatch reads `[` as a set of characters; the ARNs here have none.
    return any(fnmatchcase(value, pattern) for pattern in as_list(patterns))


def _is_met(operator: str, test: Mapping[str, Any], context: Context) -> bool:
    return all(_compare(operator, context.get(key), as_list(expected)) for key, expected in test.items())


def _compare(operator: str, actual: Any, expected: list[Any]) -> bool:
    if operator == "Null":
        return (actual is None) == (expected == ["true"])
    if operator == "StringNotEquals":
        return actual not in expected  # true also for an absent key
    if actual is None:
        return False
    match operator:
        case "StringEquals" | "Bool":
            return actual in expected
        case "NumericGreaterThan":
            return any(actual > limit for limit in expected)
        case "NumericLessThan":
            return any(actual < limit for limit in expected)
    raise NotImplementedError(operator)


def role_statements(synthesis: Synthesis, role: str) -> list[dict[str, Any]]:
    """Returns the statements of the inline policies of a role, by its name in the template."""
    policies = synthesis.all("AWS::IAM::Role")[role]["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def allowed_actions(synthesis: Synthesis, role: str) -> dict[str, set[str]]:
    """Returns resource -> actions that a role may perform."""
    allowed: dict[str, set[str]] = {}
    for statement in role_statements(synthesis, role):
        for resource in as_list(statement["Resource"]):
            allowed.setdefault(resource, set()).update(as_list(statement["Action"]))
    return allowed


def queue_policy(synthesis: Synthesis, queue: str) -> list[dict[str, Any]]:
    """Returns the statements of the policy of a queue, by its name in the template."""
    (document,) = [
        properties["PolicyDocument"]
        for properties in synthesis.all("AWS::SQS::QueuePolicy").values()
        if properties["Queues"] == [f"${{{queue}}}"]
    ]
    statements: list[dict[str, Any]] = document["Statement"]
    return statements
