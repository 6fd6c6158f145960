"""Fixtures of the contract tests, which run on each implementation of a port."""

import pytest

from functions.domain.repository import DocumentRepository
from tests.fakes import InMemoryDocuments
from tests.moto_account import Table, aws, bucket, dynamodb_client, s3_client, table

__all__ = ["aws", "bucket", "dynamodb_client", "repository", "s3_client", "table"]


@pytest.fixture(params=["in memory", "in DynamoDB"])
def repository(request: pytest.FixtureRequest) -> DocumentRepository:
    if request.param == "in memory":
        return InMemoryDocuments()
    moto_table: Table = request.getfixturevalue("table")
    return moto_table.repository
