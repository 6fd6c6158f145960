"""AWS's published examples of signatures: accepted as they are, refused with any difference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from strict_s3.errors import S3Error
from strict_s3.request import S3Request
from strict_s3.signatures import authenticate

EXAMPLE_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRETS = {EXAMPLE_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
SIGNED_AT = datetime(2013, 5, 24, tzinfo=UTC)
SCOPE = f"{EXAMPLE_KEY}/20130524/us-east-1/s3/aws4_request"
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HOST = {"host": "examplebucket.s3.amazonaws.com"}


def sign_in_header(signed_headers: str, signature: str, body_sha256: str = EMPTY_SHA256) -> dict[str, str]:
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders={signed_headers},Signature={signature}"
    )
    dated = {"x-amz-date": "20130524T000000Z", "x-amz-content-sha256": body_sha256}
    return HOST | dated | {"authorization": authorization}


# S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk"
GET_A_RANGE = S3Request(
    "GET",
    "/test.txt",
    (),
    {"range": "bytes=0-9"}
    | sign_in_header(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    b"",
)
PUT_AN_OBJECT = S3Request(
    "PUT",
    "/test$file.text",
    (),
    {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    | sign_in_header(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    ),
    b"Welcome to Amazon S3.",
)
GET_THE_LIFECYCLE = S3Request(
    "GET",
    "/",
    (("lifecycle", ""),),
    sign_in_header(
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    b"",
)
LIST_OBJECTS = S3Request(
    "GET",
    "/",
    (("max-keys", "2"), ("prefix", "J")),
    sign_in_header(
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
    b"",
)
# S3 API Reference, "Authenticating Requests: Using Query Parameters"
PRESIGNED_GET = S3Request(
    "GET",
    "/test.txt",
    (
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", SCOPE),
        ("X-Amz-Date", "20130524T000000Z"),
        ("X-Amz-Expires", "86400"),
        ("X-Amz-SignedHeaders", "host"),
        ("X-Amz-Signature", "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
    ),
    HOST,
    b"",
)
EXAMPLES = pytest.mark.parametrize(
    "example",
    [
        pytest.param(GET_A_RANGE, id="get-a-range"),
        pytest.param(PUT_AN_OBJECT, id="put-an-object"),
        pytest.param(GET_THE_LIFECYCLE, id="get-the-lifecycle"),
        pytest.param(LIST_OBJECTS, id="list-objects"),
        pytest.param(PRESIGNED_GET, id="presigned-get"),
    ],
)


@EXAMPLES
def test_an_example_published_by_aws_is_accepted(example: S3Request) -> None:
    authenticate(example, SECRETS, SIGNED_AT)


@EXAMPLES
def test_an_example_with_another_method_or_path_is_refused(example: S3Request) -> None:
    assert error_code(replace(example, method="DELETE")) == "SignatureDoesNotMatch"
    assert error_code(replace(example, path="/other.txt")) == "SignatureDoesNotMatch"


@EXAMPLES
def test_an_example_with_one_more_parameter_is_refused(example: S3Request) -> None:
    assert error_code(replace(example, query=(*example.query, ("versionId", "1")))) == "SignatureDoesNotMatch"


@EXAMPLES
def test_an_example_under_another_secret_is_refused(example: S3Request) -> None:
    with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
        authenticate(example, {EXAMPLE_KEY: "another secret"}, SIGNED_AT)


@EXAMPLES
def test_an_example_sent_to_another_host_is_refused(example: S3Request) -> None:
    elsewhere = {**example.headers, "host": "otherbucket.s3.amazonaws.com"}
    assert error_code(replace(example, headers=elsewhere)) == "SignatureDoesNotMatch"


def test_a_changed_signed_header_is_refused() -> None:
    headers = {**GET_A_RANGE.headers, "range": "bytes=0-10"}
    assert error_code(replace(GET_A_RANGE, headers=headers)) == "SignatureDoesNotMatch"


def test_a_signed_header_that_is_not_sent_is_refused() -> None:
    headers = {name: value for name, value in GET_A_RANGE.headers.items() if name != "range"}
    assert error_code(replace(GET_A_RANGE, headers=headers)) == "SignatureDoesNotMatch"


def test_a_date_that_is_not_a_timestamp_is_refused() -> None:
    query = tuple((name, value.removesuffix("T000000Z")) for name, value in PRESIGNED_GET.query)
    assert error_code(replace(PRESIGNED_GET, query=query)) == "AuthorizationQueryParametersError"


def test_a_header_signature_is_valid_for_fifteen_minutes_before_and_after() -> None:
    for skew in (timedelta(minutes=-15), timedelta(minutes=15)):
        authenticate(LIST_OBJECTS, SECRETS, SIGNED_AT + skew)
    for skew in (timedelta(minutes=-15, seconds=-1), timedelta(minutes=15, seconds=1)):
        assert error_code(LIST_OBJECTS, SIGNED_AT + skew) == "RequestTimeTooSkewed"


@pytest.mark.parametrize(
    ("missing", "code"),
    [("x-amz-date", "AccessDenied"), ("x-amz-content-sha256", "InvalidRequest")],
)
def test_a_header_signature_needs_its_date_and_its_body_hash(missing: str, code: str) -> None:
    headers = {name: value for name, value in LIST_OBJECTS.headers.items() if name != missing}
    assert error_code(replace(LIST_OBJECTS, headers=headers)) == code


@pytest.mark.parametrize(
    "authorization",
    [
        f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders=host",
        f"AWS4-HMAC-SHA256 Credential={EXAMPLE_KEY}/20130524/us-east-1,SignedHeaders=host,Signature=00",
        f"AWS4-HMAC-SHA256 Credential={SCOPE.replace('/s3/', '/sqs/')},SignedHeaders=host,Signature=00",
        f"AWS4-HMAC-SHA256 Credential={SCOPE.replace('0524', '0525')},SignedHeaders=host,Signature=00",
    ],
    ids=["no signature", "short scope", "another service", "another day"],
)
def test_a_malformed_authorization_header_is_refused(authorization: str) -> None:
    headers = {**LIST_OBJECTS.headers, "authorization": authorization}
    assert error_code(replace(LIST_OBJECTS, headers=headers)) == "AuthorizationHeaderMalformed"


def error_code(request: S3Request, now: datetime = SIGNED_AT) -> str:
    """Returns the code of the error that the request raises."""
    with pytest.raises(S3Error) as caught:
        authenticate(request, SECRETS, now)
    return caught.value.code
