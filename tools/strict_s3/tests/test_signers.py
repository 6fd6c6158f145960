"""Credentials and mechanisms of a signature: those that S3 accepts and those that it refuses."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from strict_s3 import read_error
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
    get_url,
    header_signed_put,
    s3_client,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.mark.parametrize("authorization", [None, "Bearer token", f"AWS {ACCESS_KEY}:c2lnbmF0dXJl"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_request_that_is_not_signed_with_sigv4_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, method: str, authorization: str | None
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    bare = httpx.URL(get_url(s3, bucket)).copy_with(query=None)
    response = front.request(method, bare, headers=headers | {"content-length": "0"})
    assert read_error(response) == (403, "AccessDenied")


def test_a_sigv2_url_is_refused(front: httpx.Client, bucket: str, stored: bytes) -> None:
    url = get_url(s3_client(signature_version="s3"), bucket)
    assert "AWSAccessKeyId" in url
    assert read_error(front.get(url)) == (403, "AccessDenied")


def test_an_unknown_access_key_is_refused(front: httpx.Client, bucket: str, stored: bytes) -> None:
    url = get_url(s3_client("AKIANOBODYKNOWSTHIS1"), bucket)
    assert read_error(front.get(url)) == (403, "InvalidAccessKeyId")


def test_a_url_signed_for_another_region_than_its_host_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    elsewhere = httpx.URL(get_url(s3_client(region="eu-north-1"), bucket))
    response = front.get(elsewhere.copy_with(host=f"{bucket}.s3.{REGION}.amazonaws.com"))
    assert read_error(response) == (400, "AuthorizationQueryParametersError")


def test_a_temporary_key_requires_its_own_token(
    front: httpx.Client, session_s3: "S3Client", bucket: str, stored: bytes
) -> None:
    url = httpx.URL(get_url(session_s3, bucket))
    assert front.get(url).content == stored
    another = s3_client(SESSION_KEY, SESSION_SECRET, "another token")
    assert read_error(front.get(get_url(another, bucket))) == (400, "InvalidToken")
    tokenless = s3_client(SESSION_KEY, SESSION_SECRET)
    assert read_error(front.get(get_url(tokenless, bucket))) == (403, "InvalidAccessKeyId")


def test_a_permanent_key_with_a_token_is_refused(front: httpx.Client, bucket: str, stored: bytes) -> None:
    url = get_url(s3_client(token=SESSION_TOKEN), bucket)
    assert read_error(front.get(url)) == (400, "InvalidToken")


def test_two_mechanisms_at_once_are_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    response = front.get(get_url(s3, bucket), headers={"authorization": "Bearer token-of-the-app"})
    assert read_error(response) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA1"),
        ("X-Amz-Credential", f"{ACCESS_KEY}/20260101/{REGION}/s3"),
        ("X-Amz-Date", "20260101T000000"),
        ("X-Amz-Expires", "soon"),
    ],
)
def test_a_malformed_query_signature_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, name: str, value: str
) -> None:
    url = httpx.URL(get_url(s3, bucket))
    for malformed in (url.copy_set_param(name, value), url.copy_remove_param(name)):
        assert read_error(front.get(malformed)) == (400, "AuthorizationQueryParametersError")


def test_an_error_response_to_head_has_no_body(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    url = s3.generate_presigned_url("head_object", Params={"Bucket": bucket, "Key": KEY})
    assert front.head(url).headers["content-length"] == str(len(stored))
    response = front.head(httpx.URL(url).copy_with(query=None))
    assert (response.status_code, response.content) == (403, b"")


def test_a_put_signed_in_the_header_is_stored(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, headers = header_signed_put(bucket, BODY)
    assert front.put(url, content=BODY, headers=headers).status_code == 200
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == BODY


def test_a_body_with_another_hash_than_signed_is_refused(front: httpx.Client, bucket: str) -> None:
    url, headers = header_signed_put(bucket, BODY)
    response = front.put(url, content=BODY.upper(), headers=headers)
    assert read_error(response) == (400, "XAmzContentSHA256Mismatch")


def test_an_unsigned_amz_header_beside_a_header_signature_is_refused(
    front: httpx.Client, bucket: str
) -> None:
    url, headers = header_signed_put(bucket, BODY)
    response = front.put(url, content=BODY, headers=headers | {"x-amz-acl": "public-read"})
    assert read_error(response) == (403, "AccessDenied")


def test_another_token_beside_a_header_signature_is_refused(front: httpx.Client, bucket: str) -> None:
    url, headers = header_signed_put(bucket, BODY)
    response = front.put(url, content=BODY, headers=headers | {"X-Amz-Security-Token": "another token"})
    assert read_error(response) == (400, "InvalidToken")


def test_a_header_signature_of_yesterday_is_refused(front: httpx.Client, bucket: str, clock: Clock) -> None:
    url, headers = header_signed_put(bucket, BODY)
    clock.set_to = datetime.now(UTC) + timedelta(days=1)
    response = front.put(url, content=BODY, headers=headers)
    assert read_error(response) == (403, "RequestTimeTooSkewed")


def test_an_aws_chunked_body_is_refused_as_not_implemented(front: httpx.Client, bucket: str) -> None:
    url, headers = header_signed_put(bucket, BODY)
    request = AWSRequest("PUT", url, headers={"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.headers["x-amz-date"] = headers["X-Amz-Date"]
    signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET), "s3", REGION)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    request.headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"
    )
    response = front.put(url, content=BODY, headers=dict(request.headers.items()))
    assert read_error(response) == (501, "NotImplemented")
