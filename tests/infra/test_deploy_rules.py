"""Rules that CloudFormation checks before a deployment, evaluated as it does (D4, D8)."""

import json
from typing import Any

import pytest

from tests.infra.template import Synthesis


def evaluate(condition: Any, parameters: dict[str, str]) -> Any:
    """Returns the value of a rule-specific intrinsic function.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
    """
    if not isinstance(condition, dict):
        return condition
    ((function, argument),) = condition.items()
    match function:
        case "Ref":
            return parameters[argument]
        case "Fn::Not":
            return not evaluate(argument[0], parameters)
        case "Fn::Equals":
            return evaluate(argument[0], parameters) == evaluate(argument[1], parameters)
        case "Fn::Contains":
            return evaluate(argument[1], parameters) in argument[0]
    raise AssertionError(function)


def refusals(synthesis: Synthesis, bootstrap: str = "21", **remembered: str) -> list[str]:
    """Returns the messages of the rules that refuse the template. A parameter that is not remembered has its default."""
    template = json.loads(synthesis.text)
    defaults = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    parameters = {**defaults, "BootstrapVersion": bootstrap, **remembered}
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        for assertion in rule["Assertions"]
        if not evaluate(assertion["Assert"], parameters)
    ]


@pytest.mark.parametrize(("version", "is_refused"), [("6", True), ("20", True), ("21", False), ("30", False)])
def test_an_old_bootstrap_stack_is_refused(stack: Synthesis, version: str, is_refused: bool) -> None:
    assert bool(refusals(stack, version)) == is_refused


@pytest.fixture
def by_setting(stack: Synthesis, standby: Synthesis, encrypted: Synthesis) -> dict[str, Synthesis]:
    """Value of `kms` -> stack."""
    return {"false": stack, "standby": standby, "true": encrypted}


@pytest.mark.parametrize("kms", ["false", "standby", "true"])
def test_a_new_stage_may_begin_with_any_setting(by_setting: dict[str, Synthesis], kms: str) -> None:
    assert refusals(by_setting[kms]) == []


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [
        ("false", "true", True),
        ("false", "standby", True),
        ("true", "false", True),
        ("standby", "false", True),
        ("standby", "true", False),
        ("true", "standby", False),
    ],
)
def test_kms_is_switched_through_standby_only(
    by_setting: dict[str, Synthesis], before: str, after: str, is_refused: bool
) -> None:
    remembered = json.loads(by_setting[before].text)["Parameters"]["KeyState"]["Default"]
    messages = refusals(by_setting[after], KeyState=remembered)
    assert bool(messages) == is_refused
    assert all("first deploy kms=standby" in message for message in messages)


@pytest.mark.parametrize(("kms", "state"), [("standby", "usable"), ("false", "none")])
def test_an_operator_confirms_the_step_with_the_parameter(
    by_setting: dict[str, Synthesis], kms: str, state: str
) -> None:
    assert refusals(by_setting[kms], KeyState=state) == []
