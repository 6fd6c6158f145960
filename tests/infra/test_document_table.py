"""The DynamoDB table."""

import boto3
from moto import mock_aws

from tests.infra.template import Synthesis
from tests.moto_resources import create_table


def test_the_table_has_the_schema_that_the_tests_of_the_adapters_use(stack: Synthesis) -> None:
    table = stack.only("AWS::DynamoDB::Table")
    with mock_aws():
        create_table("table", "eu-central-1")
        dynamodb = boto3.client("dynamodb", "eu-central-1")
        tested = dynamodb.describe_table(TableName="table")["Table"]
    assert table["KeySchema"] == tested["KeySchema"]
    assert table["AttributeDefinitions"] == tested["AttributeDefinitions"]
    assert table["BillingMode"] == tested["BillingModeSummary"]["BillingMode"]
    indexes, tested_indexes = table["GlobalSecondaryIndexes"], tested["GlobalSecondaryIndexes"]
    for index, tested_index in zip(indexes, tested_indexes, strict=True):
        assert index == {key: tested_index[key] for key in index}  # type: ignore[literal-required]


def test_items_expire_by_the_attribute_ttl(stack: Synthesis) -> None:
    ttl = stack.only("AWS::DynamoDB::Table")["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "ttl", "Enabled": True}


def test_the_table_can_be_restored_to_any_point_in_time(stack: Synthesis) -> None:
    recovery = stack.only("AWS::DynamoDB::Table")["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}
