"""Requests that differ from what their presigned URL covers, and the lifetime of the URL."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from strict_s3 import read_error
from tools.strict_s3.tests.signing import (
    BODY,
    DECLARED,
    KEY,
    REGION,
    Clock,
    get_url,
    put_url,
    s3_client,
    signed_at,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_a_put_as_signed_is_stored(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    response = front.put(put_url(s3, bucket), content=BODY, headers=DECLARED)
    assert response.status_code == 200
    stored = s3.get_object(Bucket=bucket, Key=KEY)
    assert (stored["Body"].read(), stored["ContentType"]) == (BODY, "text/plain")
    assert (stored["ETag"], stored["VersionId"]) == (
        response.headers["etag"],
        response.headers["x-amz-version-id"],
    )


@pytest.mark.parametrize(
    ("difference", "code"),
    [
        ({"content-type": "text/html"}, "SignatureDoesNotMatch"),
        ({"if-none-match": "etag"}, "SignatureDoesNotMatch"),
        ({"x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode()}, "SignatureDoesNotMatch"),
        ({"content-length": "13"}, "SignatureDoesNotMatch"),
        ({"x-amz-acl": "public-read"}, "AccessDenied"),
        ({"x-amz-meta-owner": "somebody"}, "AccessDenied"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_put_with_other_headers_than_signed_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, difference: dict[str, str], code: str
) -> None:
    response = front.put(put_url(s3, bucket), content=BODY, headers=DECLARED | difference)
    assert read_error(response) == (403, code)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("dropped", sorted(DECLARED))
def test_a_put_without_a_signed_header_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, dropped: str
) -> None:
    headers = {name: value for name, value in DECLARED.items() if name != dropped}
    response = front.put(put_url(s3, bucket), content=BODY, headers=headers)
    assert read_error(response) == (403, "SignatureDoesNotMatch")


def test_a_put_of_another_size_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    response = front.put(put_url(s3, bucket), content=BODY + b"!", headers=DECLARED)
    assert read_error(response) == (403, "SignatureDoesNotMatch")


def test_headers_that_need_no_signature_may_be_added(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    headers = DECLARED | {"cache-control": "no-store", "origin": "https://app.example"}
    assert front.put(put_url(s3, bucket), content=BODY, headers=headers).status_code == 200


def test_a_second_put_to_the_same_url_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url = put_url(s3, bucket)
    assert front.put(url, content=BODY, headers=DECLARED).status_code == 200
    assert read_error(front.put(url, content=BODY, headers=DECLARED)) == (412, "PreconditionFailed")


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.copy_set_param("X-Amz-Signature", "0" * 64),
        lambda url: url.copy_set_param("X-Amz-Expires", "901"),
        lambda url: url.copy_add_param("versionId", "another"),
        lambda url: url.copy_with(path="/folder/owner/another"),
        lambda url: url.copy_with(host=f"another.s3.{REGION}.amazonaws.com"),
    ],
    ids=["signature", "expiry", "parameter", "key", "bucket"],
)
def test_a_changed_url_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, change: Callable[[httpx.URL], httpx.URL]
) -> None:
    url = httpx.URL(get_url(s3, bucket))
    assert front.get(url.copy_set_param("X-Amz-Expires", "900")).content == stored
    assert read_error(front.get(change(url))) == (403, "SignatureDoesNotMatch")


def test_a_url_signed_for_get_does_not_delete(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    assert read_error(front.delete(get_url(s3, bucket))) == (403, "SignatureDoesNotMatch")
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == stored


@pytest.mark.parametrize("key", ["folder/a b+c/ü%2F~.txt", "a_b/c", "folder/q?versionId=1", "//folder"])
def test_a_key_of_any_characters_is_signed_and_stored_unchanged(
    front: httpx.Client, s3: "S3Client", bucket: str, key: str
) -> None:
    assert front.put(put_url(s3, bucket, Key=key), content=BODY, headers=DECLARED).status_code == 200
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert front.get(get_url(s3, bucket, key=key)).content == BODY


def test_a_path_style_url_reaches_the_same_bucket(front: httpx.Client, bucket: str, stored: bytes) -> None:
    url = get_url(s3_client(addressing_style="path"), bucket)
    assert url.startswith(f"https://s3.{REGION}.amazonaws.com/{bucket}/")
    assert front.get(url).content == stored


def test_a_url_is_valid_until_its_last_second(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, clock: Clock
) -> None:
    url = get_url(s3, bucket, expires=60)
    clock.set_to = signed_at(url) + timedelta(seconds=60)
    assert front.get(url).content == stored
    clock.set_to += timedelta(seconds=1)
    assert read_error(front.get(url)) == (403, "AccessDenied")
    assert "Request has expired" in front.get(url).text


def test_a_url_is_not_valid_before_it_was_signed(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, clock: Clock
) -> None:
    url = get_url(s3, bucket)
    clock.set_to = signed_at(url) - timedelta(minutes=15)
    assert front.get(url).content == stored
    clock.set_to -= timedelta(seconds=1)
    assert read_error(front.get(url)) == (403, "AccessDenied")
    assert "Request is not yet valid" in front.get(url).text


@pytest.mark.parametrize("expires", [1, 604_800])
def test_the_shortest_and_the_longest_expiry_are_accepted(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, clock: Clock, expires: int
) -> None:
    url = get_url(s3, bucket, expires)
    clock.set_to = signed_at(url)
    assert front.get(url).content == stored


@pytest.mark.parametrize("expires", [-1, 0, 604_801])
def test_an_expiry_outside_a_week_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes, expires: int
) -> None:
    response = front.get(get_url(s3, bucket, expires))
    assert read_error(response) == (400, "AuthorizationQueryParametersError")
