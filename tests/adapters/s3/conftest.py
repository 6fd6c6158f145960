"""Fixture: a stub of S3's responses."""

import boto3
import pytest
from botocore.stub import Stubber

from tests.moto_account import REGION


@pytest.fixture
def stubber() -> Stubber:
    """The stub of a client that sends nothing."""
    client = boto3.client("s3", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(client)
