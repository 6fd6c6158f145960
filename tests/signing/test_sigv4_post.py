"""The headers of a DynamoDB request equal botocore's, name for name and byte for byte."""

from datetime import UTC, datetime, timedelta

import botocore.auth
import botocore.credentials
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st

from functions.signing.credentials import Credentials
from functions.signing.sigv4_post import PostSigner

visible_ascii = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
REGIONS = ["us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1"]
HOSTS = ["dynamodb.eu-west-1.amazonaws.com", "dynamodb.cn-north-1.amazonaws.com.cn", "127.0.0.1:4566"]


@given(
    access_key=visible_ascii,
    secret=visible_ascii,
    token=st.none() | visible_ascii,
    region=st.sampled_from(REGIONS),
    host=st.sampled_from(HOSTS),
    operation=st.sampled_from(["GetItem", "TransactWriteItems"]),
    body=st.binary(max_size=200),
)
def test_the_headers_equal_those_of_botocore(
    access_key: str, secret: str, token: str | None, region: str, host: str, operation: str, body: bytes
) -> None:
    target = f"DynamoDB_20120810.{operation}"
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    request = AWSRequest("POST", f"http://{host}/", data=body, headers=headers)
    credentials = botocore.credentials.Credentials(access_key, secret, token)
    botocore.auth.SigV4Auth(credentials, "dynamodb", region).add_auth(request)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    now = datetime.strptime(theirs["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")

    ours = PostSigner("dynamodb", region, host).sign(
        Credentials(access_key, secret, token), target, body, now
    )

    assert ours == theirs


def test_the_cached_signing_key_follows_the_day_and_the_credentials() -> None:
    signer, now = PostSigner("dynamodb", "eu-west-1", "h"), datetime(2026, 2, 3, 23, 59, 59, tzinfo=UTC)
    for at in (now, now + timedelta(seconds=1), now):
        for secret in ("one", "two"):
            credentials = Credentials("AKID", secret)
            fresh = PostSigner("dynamodb", "eu-west-1", "h")
            assert signer.sign(credentials, "t", b"", at) == fresh.sign(credentials, "t", b"", at)
