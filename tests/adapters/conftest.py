"""A table and a versioned bucket in moto, new for each test; clients are made once a module, because that is slow."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

import boto3
import pytest
from moto import mock_aws

from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.repository import DocumentRepository
from strict_s3 import enforce_copy_conditions
from tests.deployed import create_bucket, create_table
from tests.fakes import InMemoryDocuments
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

    def items(self) -> list[dict[str, object]]:
        return [*self.client.scan(TableName=self.name)["Items"]]  # type: ignore[list-item]


@dataclass(frozen=True)
class Bucket:
    client: "S3Client"
    name: str


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(scope="module")
def _dynamodb(aws: None) -> "DynamoDBClient":
    return boto3.client("dynamodb", region_name=REGION)


@pytest.fixture(scope="module")
def _s3(aws: None) -> "S3Client":
    client = boto3.client("s3", region_name=REGION)
    enforce_copy_conditions(client.meta.events)
    return client


@pytest.fixture
def table(_dynamodb: "DynamoDBClient") -> Iterator[Table]:
    name = f"documents-{next(_numbers)}"
    create_table(_dynamodb, name)
    yield Table(_dynamodb, name)
    _dynamodb.delete_table(TableName=name)


@pytest.fixture
def bucket(_s3: "S3Client") -> Bucket:
    name = f"bucket-{next(_numbers)}"
    create_bucket(_s3, name, REGION)
    return Bucket(_s3, name)


@pytest.fixture(params=["in memory", "in DynamoDB"])
def repository(request: pytest.FixtureRequest) -> DocumentRepository:
    if request.param == "in memory":
        return InMemoryDocuments()
    table: Table = request.getfixturevalue("table")
    return table.repository
