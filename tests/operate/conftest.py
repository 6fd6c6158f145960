"""A deployment on moto: a stack that names the table, the bucket and a function that was never deployed."""

import json
from collections.abc import Iterator

import boto3
import pytest

from operate.deployment import Deployment
from tests.moto_account import REGION, Bucket, Table, aws, bucket, dynamodb_client, s3_client, table
from tests.owner_content import OwnerContent

__all__ = ["aws", "bucket", "dynamodb_client", "s3_client", "table"]

OWNER = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def session(aws: None) -> boto3.Session:
    """One session, because each reads the descriptions of the services again."""
    return boto3.Session(region_name=REGION)


@pytest.fixture
def deployment(session: boto3.Session, table: Table, bucket: Bucket) -> Iterator[Deployment]:
    """A stack with two queues, one of them for dead letters."""
    queue = "ObjectCreatedQueue99CB091C"
    resources = {
        queue: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "events"}},
        "ObjectCreatedDeadLetters977977C2": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}},
    }
    outputs = {"Table": table.name, "Bucket": bucket.name, "UserPoolId": "pool"}
    template = {
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(StackName="Airlock-test", TemplateBody=json.dumps(template))
    yield Deployment(stack="Airlock-test", session=session)
    cloudformation.delete_stack(StackName="Airlock-test")


@pytest.fixture
def content(table: Table, bucket: Bucket) -> OwnerContent:
    return OwnerContent(table.client, table.name, bucket.client, bucket.name, OWNER)
