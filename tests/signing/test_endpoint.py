"""The base URL of a bucket: botocore's regional host, or a path on an override."""

import boto3
import pytest

from functions.signing.endpoint import Endpoint, regional_host
from tests.signing.botocore_signer import BUCKET, presign

_BOTO = boto3.Session()
REGIONS = [
    region
    for partition in _BOTO.get_available_partitions()
    for region in _BOTO.get_available_regions("s3", partition)
]


@pytest.mark.parametrize("region", REGIONS)
def test_the_host_is_the_regional_one_of_botocore(region: str) -> None:
    theirs = presign((region, None, None), "get_object", 60, Key="a")
    endpoint = Endpoint.for_bucket(BUCKET, region)
    assert f"{endpoint.origin}{endpoint.base_path}/a" == theirs.partition("?")[0]
    assert f".s3.{region}." in endpoint.host


@pytest.mark.parametrize("region", REGIONS)
def test_the_host_of_the_table_is_that_of_botocore(region: str) -> None:
    theirs = _BOTO.client("dynamodb", region, aws_access_key_id="a", aws_secret_access_key="b").meta
    assert f"https://{regional_host('dynamodb', region)}" == theirs.endpoint_url


@pytest.mark.parametrize(
    ("override", "origin", "base_path", "host"),
    [
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566", "/my-bucket", "127.0.0.1:4566"),
        ("http://localhost:80/", "http://localhost:80", "/my-bucket", "localhost"),
        ("https://S3.example:443/aws/", "https://S3.example:443", "/aws/my-bucket", "s3.example"),
    ],
)
def test_an_override_addresses_the_bucket_by_path(
    override: str, origin: str, base_path: str, host: str
) -> None:
    endpoint = Endpoint.for_bucket(BUCKET, "eu-west-1", override)
    assert (endpoint.origin, endpoint.base_path, endpoint.host) == (origin, base_path, host)


@pytest.mark.parametrize(
    "bucket", ["my.bucket", "", "ab", "My-bucket", "evil.example/", "a" * 64, "-ab", "abc\n"]
)
def test_a_bucket_name_that_tls_cannot_serve_is_rejected(bucket: str) -> None:
    with pytest.raises(ValueError, match="bucket"):
        Endpoint.for_bucket(bucket, "eu-west-1")
    with pytest.raises(ValueError, match="bucket"):
        Endpoint.for_bucket(bucket, "eu-west-1", "http://127.0.0.1:4566")


@pytest.mark.parametrize("override", ["127.0.0.1:4566", "ftp://host", "https://", "http://user:pw@host"])
def test_an_override_that_is_not_an_http_origin_is_rejected(override: str) -> None:
    with pytest.raises(ValueError, match="override"):
        Endpoint.for_bucket(BUCKET, "eu-west-1", override)
