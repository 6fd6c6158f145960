"""A proxy on 127.0.0.1 in front of a versioned bucket in moto, two keys, and a clock that a test can set."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import httpx
import pytest
from botocore.credentials import Credentials
from moto import mock_aws

from edge_proxy import EdgeProxy, EdgeServer, Origins, read_distribution
from tools.edge_proxy.tests.origin import ACCESS_KEY, SECRET, URLS, S3Origin
from tools.edge_proxy.tests.signer import NOW, Key, create_ecdsa_key
from tools.edge_proxy.tests.template import VALUES, create_template

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BODY = bytes(range(256)) * 8
PATH = "/documents/alice/1/file"
_SESSION = boto3.Session()
"""A session caches the service's data files, and reading them takes most of a client's creation."""


@pytest.fixture(scope="session")
def key() -> Key:
    return create_ecdsa_key()


@pytest.fixture(scope="session")
def other_key() -> Key:
    return create_ecdsa_key()


@pytest.fixture
def clock() -> list[float]:
    """Seconds since 1970, which a test changes."""
    return [float(NOW)]


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = _SESSION.client(
            "s3", region_name="us-east-1", aws_access_key_id="moto", aws_secret_access_key="moto"
        )
        client.create_bucket(Bucket="a-bucket")
        client.put_bucket_versioning(Bucket="a-bucket", VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def version(s3: "S3Client") -> str:
    """The version of the object at PATH."""
    put = s3.put_object(Bucket="a-bucket", Key=PATH[1:], Body=BODY, ContentType="video/mp4")
    return put["VersionId"]


@pytest.fixture
def origin() -> S3Origin:
    return S3Origin(lambda: datetime.now(UTC))


@pytest.fixture
def server() -> Iterator[EdgeServer]:
    server = EdgeServer()
    yield server
    server.close()


@pytest.fixture
def proxy(
    s3: "S3Client", key: Key, clock: list[float], origin: S3Origin, server: EdgeServer
) -> Iterator[EdgeProxy]:
    """The proxy of the template with one key, while it serves."""
    distribution = read_distribution(create_template(key.public_pem), VALUES)
    with Origins(URLS, Credentials(ACCESS_KEY, SECRET), transport=origin.transport) as origins:
        proxy = EdgeProxy(distribution, origins, host=server.host, now=lambda: clock[0])
        with server.serve(proxy):
            yield proxy


@pytest.fixture
def url(proxy: EdgeProxy, server: EdgeServer, version: str) -> str:
    """The URL of the object at PATH, not signed."""
    return f"{server.url}{PATH}?versionId={version}"


@pytest.fixture
def get(proxy: EdgeProxy) -> Iterator[Callable[..., httpx.Response]]:
    with httpx.Client(trust_env=False) as client:
        yield client.get
