"""Ranges and CORS: moto's own responses, which pass the middleware unchanged."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from strict_s3 import read_error
from tools.strict_s3.tests.signing import (
    BODY,
    DECLARED,
    get_url,
    put_url,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.mark.parametrize(
    ("range_", "status", "content"),
    [
        ("bytes=0-4", 206, BODY[:5]),
        ("bytes=7-", 206, BODY[7:]),
        ("bytes=-7", 206, BODY[-7:]),
        ("bytes=7-9999", 206, BODY[7:]),
        ("bytes=a-b", 200, BODY),
        ("bytes=0-1,3-4", 200, BODY),
    ],
)
def test_a_range_is_returned_and_an_invalid_one_ignored(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, range_: str, status: int, content: bytes
) -> None:
    response = front.get(get_url(s3, bucket), headers={"range": range_})
    assert (response.status_code, response.content) == (status, content)
    assert ("content-range" in response.headers) is (status == 206)


def test_a_range_beyond_the_end_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    response = front.get(get_url(s3, bucket), headers={"range": f"bytes={len(stored)}-"})
    assert read_error(response) == (416, "InvalidRange")


def test_a_preflight_needs_no_signature_and_follows_the_bucket(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    rule: Any = {
        "AllowedOrigins": ["https://app.example"],
        "AllowedMethods": ["PUT"],
        "AllowedHeaders": ["*"],
    }
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    url = put_url(s3, bucket)
    allowed = front.options(url, headers=preflight("https://app.example"))
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    denied = front.options(url, headers=preflight("https://elsewhere.example"))
    assert denied.status_code == 403
    assert "access-control-allow-origin" not in denied.headers


def test_a_response_has_the_cors_headers_of_the_bucket(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    rule: Any = {
        "AllowedOrigins": ["https://app.example"],
        "AllowedMethods": ["PUT"],
        "ExposeHeaders": ["ETag"],
    }
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    headers = DECLARED | {"origin": "https://app.example"}
    response = front.put(put_url(s3, bucket), content=BODY, headers=headers)
    assert response.headers["access-control-expose-headers"] == "ETag"


def preflight(origin: str) -> dict[str, str]:
    return {"origin": origin, "access-control-request-method": "PUT"}
