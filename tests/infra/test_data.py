"""What keeps data: the table, and what is left when a stack is deleted."""

import pytest

from tests.infra.conftest import Checked, Variant
from tests.infra.template import Synthesis

HOLDS_DATA = {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::Logs::LogGroup"}


def kept(synthesis: Synthesis) -> set[str]:
    return {
        resource["Type"]
        for resource in synthesis.resources().values()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }


def protected(synthesis: Synthesis) -> tuple[bool, str]:
    table = synthesis.only("AWS::DynamoDB::Table")
    return table["DeletionProtectionEnabled"], synthesis.only("AWS::Cognito::UserPool")["DeletionProtection"]


def test_the_table_is_one_of_owners_billed_by_request(stack: Checked) -> None:
    table = stack.only("AWS::DynamoDB::Table")
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert table["AttributeDefinitions"] == [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "due_shard", "AttributeType": "S"},
        {"AttributeName": "next_check_at", "AttributeType": "N"},
    ]
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_what_is_due_is_found_by_its_time_and_the_index_holds_nothing_but_keys(stack: Checked) -> None:
    assert stack.only("AWS::DynamoDB::Table")["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "due",
            "KeySchema": [
                {"AttributeName": "due_shard", "KeyType": "HASH"},
                {"AttributeName": "next_check_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ]


def test_garbage_leaves_the_table_by_ttl(stack: Checked) -> None:
    ttl = stack.only("AWS::DynamoDB::Table")["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "ttl", "Enabled": True}


def test_the_table_can_be_restored_to_any_point_in_time(stack: Checked) -> None:
    recovery = stack.only("AWS::DynamoDB::Table")["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("stage", ["prod", "production", "developers"])
def test_a_stage_that_is_not_for_development_keeps_its_data(variant: Variant, stage: str) -> None:
    synthesis = variant(stage=stage, webOrigins="https://app.example.com")
    assert kept(synthesis) == HOLDS_DATA
    assert protected(synthesis) == (True, "ACTIVE")


@pytest.mark.parametrize("stage", ["dev", "dev-kim"])
def test_a_stage_for_development_goes_without_a_trace(variant: Variant, stage: str) -> None:
    synthesis = variant(stage=stage)
    assert kept(synthesis) == set()
    assert protected(synthesis) == (False, "INACTIVE")
