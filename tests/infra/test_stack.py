"""The stack as a whole: what it contains, and which data outlives it."""

import pytest

from tests.infra.conftest import Variant
from tests.infra.template import Synthesis

HOLDS_DATA = {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::Logs::LogGroup"}


def retained_types(synthesis: Synthesis) -> set[str]:
    return {
        resource["Type"]
        for resource in synthesis.resources().values()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }


def deletion_protection(synthesis: Synthesis) -> tuple[bool, str]:
    table = synthesis.only("AWS::DynamoDB::Table")
    return table["DeletionProtectionEnabled"], synthesis.only("AWS::Cognito::UserPool")["DeletionProtection"]


@pytest.mark.parametrize("stage", ["prod", "production", "developers"])
def test_a_stage_that_is_not_ephemeral_retains_its_data(variant: Variant, stage: str) -> None:
    synthesis = variant(stage=stage, webOrigins="https://app.example.com")
    assert retained_types(synthesis) == HOLDS_DATA
    assert deletion_protection(synthesis) == (True, "ACTIVE")


@pytest.mark.parametrize("stage", ["dev", "dev-kim"])
def test_an_ephemeral_stage_retains_nothing(variant: Variant, stage: str) -> None:
    synthesis = variant(stage=stage)
    assert retained_types(synthesis) == set()
    assert deletion_protection(synthesis) == (False, "INACTIVE")


def test_cdk_adds_no_custom_resource(stack: Synthesis) -> None:
    types = {resource["Type"] for resource in stack.resources().values()}
    assert not [type_ for type_ in types if type_.startswith("Custom::") or "CustomResource" in type_]
