"""AWS's published example of a POST policy: accepted as it is, refused with any difference."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from strict_s3.errors import S3Error
from strict_s3.form_policies import authenticate_form, check_policy
from strict_s3.forms import PostForm

FILE = b"not much of an image"

# S3 API Reference, "Examples: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)"
EXAMPLE_KEY = "AKIAIOSFODNN7EXAMPLE"
EXAMPLE_SECRETS = {EXAMPLE_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
EXAMPLE_POLICY = "\r\n".join(
    (
        '{ "expiration": "2015-12-30T12:00:00.000Z",',
        '  "conditions": [',
        '    {"bucket": "sigv4examplebucket"},',
        '    ["starts-with", "$key", "user/user1/"],',
        '    {"acl": "public-read"},',
        '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
        '    ["starts-with", "$Content-Type", "image/"],',
        '    {"x-amz-meta-uuid": "14365123651274"},',
        '    {"x-amz-server-side-encryption": "AES256"},',
        '    ["starts-with", "$x-amz-meta-tag", ""],',
        "",
        '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
        '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
        '    {"x-amz-date": "20151229T000000Z" }',
        "  ]",
        "}",
    )
)
EXAMPLE_FIELDS = {
    "key": "user/user1/photo.jpg",
    "acl": "public-read",
    "success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
    "content-type": "image/jpeg",
    "x-amz-meta-uuid": "14365123651274",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-credential": f"{EXAMPLE_KEY}/20151229/us-east-1/s3/aws4_request",
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-date": "20151229T000000Z",
    "x-amz-meta-tag": "",
    "policy": base64.b64encode(EXAMPLE_POLICY.encode()).decode(),
    "x-amz-signature": "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
}
EXAMPLE_END = datetime(2015, 12, 30, 12, tzinfo=UTC)


def test_the_example_published_by_aws_is_accepted() -> None:
    form = PostForm(EXAMPLE_FIELDS, FILE)
    authenticate_form(form, EXAMPLE_SECRETS)
    check_policy(form, "sigv4examplebucket", EXAMPLE_END)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "user/user2/photo.jpg"),
        ("acl", "private"),
        ("content-type", "text/html"),
        ("x-amz-meta-uuid", "1"),
        ("x-amz-meta-extra", "more"),
    ],
)
def test_the_example_with_another_field_is_refused(field: str, value: str) -> None:
    form = PostForm(EXAMPLE_FIELDS | {field: value}, FILE)
    with pytest.raises(S3Error, match="AccessDenied: Invalid according to Policy"):
        check_policy(form, "sigv4examplebucket", EXAMPLE_END)


def test_the_example_for_another_bucket_or_after_its_end_is_refused() -> None:
    form = PostForm(EXAMPLE_FIELDS, FILE)
    with pytest.raises(S3Error, match="Policy Condition failed"):
        check_policy(form, "another", EXAMPLE_END)
    with pytest.raises(S3Error, match="Policy expired"):
        check_policy(form, "sigv4examplebucket", EXAMPLE_END + timedelta(seconds=1))


@pytest.mark.parametrize("policy", ["[]", "{}", "not JSON"])
def test_a_malformed_policy_is_refused(policy: str) -> None:
    form = PostForm(
        {"key": "user/user1/photo.jpg", "policy": base64.b64encode(policy.encode()).decode()}, FILE
    )
    with pytest.raises(S3Error, match="400 InvalidPolicyDocument"):
        check_policy(form, "sigv4examplebucket", EXAMPLE_END)
