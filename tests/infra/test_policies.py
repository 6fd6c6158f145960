"""The policies of docs/policies: the deployer may assume CDK's roles alone, and CloudFormation has what the template needs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import as_list
from tests.infra.template import Synthesis
from tools.scan.templates import DELIVERY_KEY

_POLICIES = Path(__file__).parents[2] / "docs" / "policies"
SERVICES = {
    "AWS::ApiGatewayV2": "apigateway",
    "AWS::CloudFront": "cloudfront",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::Cognito": "cognito-idp",
    "AWS::DynamoDB": "dynamodb",
    "AWS::Events": "events",
    "AWS::IAM": "iam",
    "AWS::KMS": "kms",
    "AWS::Lambda": "lambda",
    "AWS::Logs": "logs",
    "AWS::S3": "s3",
    "AWS::SNS": "sns",
    "AWS::SecretsManager": "secretsmanager",
    "AWS::SQS": "sqs",
}
"""First two parts of a resource type -> prefix of its actions."""


def statements(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((_POLICIES / name).read_text())["Statement"]
    return found


def test_the_deployer_may_only_assume_the_roles_of_the_bootstrap_stack() -> None:
    allowed = {action for statement in statements("deployer.json") for action in as_list(statement["Action"])}
    assert allowed == {"sts:AssumeRole", "sts:TagSession", "ssm:GetParameter"}
    assert not [statement for statement in statements("deployer.json") if statement["Resource"] == "*"]


def test_cloudformation_has_rights_for_each_service_of_the_template(
    encrypted: Synthesis, variant: Variant
) -> None:
    webhooks = variant(webhooksFile="tests/infra/webhooks.toml")
    cdn = variant(cdn="true", deliveryKeys=DELIVERY_KEY)
    resources = [each for made in (encrypted, webhooks, cdn) for each in made.resources().values()]
    types = {resource["Type"].rpartition("::")[0] for resource in resources}
    prefixes = {
        str(action).partition(":")[0]
        for statement in statements("execution.json")
        for action in as_list(statement["Action"])
    }
    # Those of the stack of the edge, which reads an output of the main stack.
    edge = {"cloudfront", "wafv2", "cloudformation"}
    assert prefixes == {SERVICES[type_] for type_ in types} | {"ssm"} | edge


@pytest.mark.parametrize("name", ["deployer.json", "execution.json"])
def test_no_statement_allows_every_action_of_a_service_on_every_resource(name: str) -> None:
    for statement in statements(name):
        assert statement["Effect"] == "Allow"
        if "*" in as_list(statement["Resource"]):
            assert not [action for action in as_list(statement["Action"]) if "*" in str(action)]


def test_roles_are_those_of_the_stack_so_that_no_other_role_can_be_passed() -> None:
    (roles,) = [each for each in statements("execution.json") if "iam:PassRole" in as_list(each["Action"])]
    assert roles["Resource"] == "arn:aws:iam::ACCOUNT:role/Airlock-*"


def test_cloudformation_names_the_resources_so_that_the_policy_matches(stack: Synthesis) -> None:
    """A generated name begins with that of the stack, in small letters for a bucket."""
    for resource in stack.resources().values():
        name = resource.get("Properties", {}).get(f"{resource['Type'].rpartition('::')[2]}Name", "$default")
        assert name == "$default" or name.startswith("Airlock-"), resource["Type"]
