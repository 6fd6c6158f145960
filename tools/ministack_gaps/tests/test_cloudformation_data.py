"""A bucket with a lifecycle and a table with TTL and point-in-time recovery, created by CloudFormation."""

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

RULE = {"Id": "Abort", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
EXPIRY = {"Id": "Expire", "Status": "Enabled", "Prefix": "old/", "ExpirationInDays": 30}


def create_stack(account: Account) -> tuple[str, str]:
    """Returns the names of a new bucket and a new table."""
    name = f"data-{uuid.uuid4().hex}"
    bucket: dict[str, Any] = {"BucketName": name, "LifecycleConfiguration": {"Rules": [RULE, EXPIRY]}}
    table = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
    }
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    while cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.02)
    return name, name


def read_rules(account: Account, bucket: str) -> list[dict[str, Any]]:
    try:
        rules: list[dict[str, Any]] = account.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)[
            "Rules"
        ]
    except ClientError:
        return []
    return rules


def read_table_settings(account: Account, table: str) -> tuple[str, str]:
    dynamodb = account.client("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return ttl, backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]


def test_the_lifecycle_of_a_bucket_is_applied(closed: Account, published: Account) -> None:
    abort, expire = read_rules(closed, create_stack(closed)[0])
    assert (abort["ID"], abort["AbortIncompleteMultipartUpload"]) == ("Abort", {"DaysAfterInitiation": 7})
    assert (expire["Filter"], expire["Expiration"]) == ({"Prefix": "old/"}, {"Days": 30})
    assert read_rules(published, create_stack(published)[0]) == [], FIXED_UPSTREAM


def test_ttl_and_recovery_of_a_table_are_applied(closed: Account, published: Account) -> None:
    assert read_table_settings(closed, create_stack(closed)[1]) == ("ENABLED", "ENABLED")
    assert read_table_settings(published, create_stack(published)[1]) == ("DISABLED", "DISABLED"), (
        FIXED_UPSTREAM
    )
