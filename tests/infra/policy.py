"""Resource policies evaluated as AWS documents it, for the operators that ours use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.template import Synthesis

Context = Mapping[str, object]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def denying(policy: Mapping[str, Any], action: str, resource: str, context: Context) -> set[str]:
    """The Sid of each statement that refuses this request to anybody; `TLS` for those that CDK writes without one."""
    return {
        statement.get("Sid", "TLS")
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == {"AWS": "*"}
        and _matches(action, statement["Action"])
        and _concerns(statement, resource)
        and all(_holds(operator, test, context) for operator, test in statement["Condition"].items())
    }


def _concerns(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not _matches(resource, statement["NotResource"])
    return _matches(resource, statement["Resource"])


def _matches(value: str, patterns: Any) -> bool:
    # fnmatch takes `[` for a set of characters; no ARN of ours has one.
    return any(fnmatchcase(value, pattern) for pattern in as_list(patterns))


def _holds(operator: str, test: Mapping[str, Any], context: Context) -> bool:
    return all(_compare(operator, context.get(key), as_list(wanted)) for key, wanted in test.items())


def _compare(operator: str, actual: Any, wanted: list[Any]) -> bool:
    if operator == "Null":
        return (actual is None) == (wanted == ["true"])
    if operator == "StringNotEquals":
        return actual not in wanted  # true also where the key is absent
    if actual is None:
        return False
    match operator:
        case "StringEquals" | "Bool":
            return actual in wanted
        case "NumericGreaterThan":
            return any(actual > limit for limit in wanted)
        case "NumericLessThan":
            return any(actual < limit for limit in wanted)
    raise NotImplementedError(operator)


def queue_policy(stack: Synthesis, queue: str) -> list[dict[str, Any]]:
    """The statements of the policy of a queue, by its name in the template."""
    (document,) = [
        properties["PolicyDocument"]
        for properties in stack.all("AWS::SQS::QueuePolicy").values()
        if properties["Queues"] == [f"${{{queue}}}"]
    ]
    statements: list[dict[str, Any]] = document["Statement"]
    return statements
