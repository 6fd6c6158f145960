"""Fixtures: a table and a versioned bucket in moto, new for each test.

The clients are created once a module, because that is slow. A `conftest.py` imports the fixtures that its tests use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from moto import mock_aws

from functions.adapters.dynamodb.attributes import from_item
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.usage import USAGE
from strict_s3 import enforce_copy_conditions, enforce_delete_limit
from tests.moto_resources import create_bucket, create_table, delete_table
from tests.table_server import table_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

REGION: Final = "eu-west-1"
_numbers = count(1)


@dataclass(frozen=True)
class Table:
    client: "DynamoDBClient"
    name: str

    @property
    def repository(self) -> DynamoDBDocuments:
        return DynamoDBDocuments(table_client(REGION), self.name)

    def items(self) -> dict[str, dict[str, Any]]:
        """Returns all items as plain values by sort key."""
        scanned = self.client.scan(TableName=self.name)["Items"]
        items = [from_item(item) for item in scanned]
        return {item["sk"]: item for item in items}

    def usage(self) -> dict[str, Any]:
        """Returns the item USAGE of the only owner."""
        return self.items()[USAGE]


@dataclass(frozen=True)
class Bucket:
    client: "S3Client"
    name: str


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(scope="module")
def dynamodb_client(aws: None) -> "DynamoDBClient":
    return boto3.client("dynamodb", region_name=REGION)


@pytest.fixture(scope="module")
def s3_client(aws: None) -> "S3Client":
    client = boto3.client("s3", region_name=REGION)
    enforce_copy_conditions(client.meta.events)
    enforce_delete_limit(client.meta.events)
    return client


@pytest.fixture
def table(dynamodb_client: "DynamoDBClient") -> Iterator[Table]:
    name = f"documents-{next(_numbers)}"
    create_table(name, REGION)
    yield Table(dynamodb_client, name)
    delete_table(name, REGION)


@pytest.fixture
def bucket(s3_client: "S3Client") -> Bucket:
    name = f"bucket-{next(_numbers)}"
    create_bucket(name, REGION)
    return Bucket(s3_client, name)
