"""A versioned bucket in moto, a signer with known keys, a clock that tests may set, and the front as a client."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from moto import mock_aws

from tests.strict_s3.front import moto_s3, strict_s3_client, wsgi_client
from tests.strict_s3.signatures import Secrets
from tests.strict_s3.signed import (
    ACCESS_KEY,
    BODY,
    KEY,
    REGION,
    SECRET,
    SESSION_KEY,
    SESSION_SECRET,
    SESSION_TOKEN,
    Clock,
    s3_client,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secrets() -> Secrets:
    return {ACCESS_KEY: SECRET, SESSION_KEY: (SESSION_SECRET, SESSION_TOKEN)}


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        yield s3_client()


@pytest.fixture
def session_s3(s3: "S3Client") -> "S3Client":
    """A client with temporary credentials, in the same moto as `s3`."""
    return s3_client(SESSION_KEY, SESSION_SECRET, SESSION_TOKEN)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    s3.create_bucket(Bucket="airlock", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="airlock", VersioningConfiguration={"Status": "Enabled"})
    return "airlock"


@pytest.fixture
def front(bucket: str, secrets: Secrets, clock: Clock) -> Iterator[httpx.Client]:
    with strict_s3_client(secrets, clock) as client:
        yield client


@pytest.fixture
def moto(bucket: str) -> Iterator[httpx.Client]:
    """moto's S3 with nothing before it."""
    with wsgi_client(moto_s3()) as client:
        yield client


@pytest.fixture
def stored(s3: "S3Client", bucket: str) -> bytes:
    """The bytes of an object that is there already."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=BODY, ContentType="text/plain")
    return BODY
