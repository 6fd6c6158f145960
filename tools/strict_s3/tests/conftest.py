"""A versioned bucket in moto, known keys, a clock that a test can set, and clients with and without the middleware."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from moto import mock_aws

from strict_s3.client import moto_s3, strict_s3_client, wsgi_client
from strict_s3.signatures import Secrets
from tools.strict_s3.tests.signing import (
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
    """A client with temporary credentials, on the same moto as `s3`."""
    return s3_client(SESSION_KEY, SESSION_SECRET, SESSION_TOKEN)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    s3.create_bucket(Bucket="a-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="a-bucket", VersioningConfiguration={"Status": "Enabled"})
    return "a-bucket"


@pytest.fixture
def front(bucket: str, secrets: Secrets, clock: Clock) -> Iterator[httpx.Client]:
    """An HTTP client of moto's S3 behind the middleware."""
    with strict_s3_client(secrets, clock) as client:
        yield client


@pytest.fixture
def moto(bucket: str) -> Iterator[httpx.Client]:
    """An HTTP client of moto's S3 without the middleware."""
    with wsgi_client(moto_s3()) as client:
        yield client


@pytest.fixture
def stored(s3: "S3Client", bucket: str) -> bytes:
    """The content of an object that exists."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=BODY, ContentType="text/plain")
    return BODY
