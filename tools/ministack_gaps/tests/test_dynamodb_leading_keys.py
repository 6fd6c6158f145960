"""Policies that confine a role to items by their partition key."""

import json
import uuid
from typing import Any

import boto3
import pytest

from ministack_gaps.dynamodb_leading_keys import find_leading_keys
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code, to_policy
from tools.ministack_gaps.tests.server import NO_PROXY, REGION

KEY = {"pk": {"S": "OWN#1"}, "sk": {"S": "a"}}
ITEM = KEY | {"value": {"N": "1"}}
REQUESTS: dict[str, dict[str, Any]] = {
    "get": {"TableName": "t", "Key": KEY},
    "put": {"TableName": "t", "Item": ITEM},
    "query": {
        "TableName": "t",
        "KeyConditionExpression": "#p = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeNames": {"#p": "pk"},
        "ExpressionAttributeValues": {":pk": {"S": "OWN#1"}, ":sk": {"S": "b"}},
    },
    "batch get": {"RequestItems": {"t": {"Keys": [KEY]}}},
    "batch write": {"RequestItems": {"t": [{"PutRequest": {"Item": ITEM}}]}},
    "transaction": {"TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}]},
}


@pytest.mark.parametrize("name", REQUESTS)
def test_each_request_names_its_partition_keys(name: str) -> None:
    assert list(find_leading_keys(REQUESTS[name], lambda _table: "pk")) == ["OWN#1"]


def test_a_scan_names_none() -> None:
    assert list(find_leading_keys({"TableName": "t"}, lambda _table: "pk")) == []


def confined_client(account: Account) -> tuple[Any, str]:
    """Returns a client whose role may write the items of `OWN#` of a new table, and the name of the table."""
    table = f"table-{uuid.uuid4().hex}"
    account.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    iam, role = account.client("iam"), f"role-{uuid.uuid4().hex}"
    trust = to_policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}})
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:Scan"], "Resource": "*"}
    condition = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["OWN#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow | {"Condition": condition}]})
    iam.put_role_policy(RoleName=role, PolicyName="rights", PolicyDocument=policy)
    session = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    client = boto3.client(
        "dynamodb",
        endpoint_url=account.server.endpoint,
        region_name=REGION,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=NO_PROXY,
    )
    return client, table


def test_a_role_is_confined_to_its_items(closed: Account, published: Account) -> None:
    client, table = confined_client(closed)
    assert error_code(client.put_item, TableName=table, Item={"pk": {"S": "OWN#1"}}) is None
    assert (
        error_code(client.put_item, TableName=table, Item={"pk": {"S": "OTHER"}}) == "AccessDeniedException"
    )
    assert error_code(client.scan, TableName=table) == "AccessDeniedException"
    client, table = confined_client(published)
    denied = error_code(client.put_item, TableName=table, Item={"pk": {"S": "OWN#1"}})
    assert denied == "AccessDeniedException", FIXED_UPSTREAM
