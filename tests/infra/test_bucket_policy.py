"""The bucket policy: requests that it denies, whatever the role of the signer allows (T1, T14, T17)."""

from typing import Any

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import denying_sids
from tests.infra.template import Synthesis

BUCKET = "${StorageBucket.Arn}"
STAGED = f"{BUCKET}/staging/owner/id"
DOCUMENT = f"{BUCKET}/documents/owner/id"
QUARANTINED = f"{BUCKET}/quarantine/owner/id"
RENDITION = f"{BUCKET}/renditions/owner/id/step/name"
# Condition keys of a valid request; each test changes those that it is about.
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": 1.3}
SIGNED = TLS | {"s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureAge": 1_000}
PRESIGNED = SIGNED | {"s3:authType": "REST-QUERY-STRING"}
PRESIGNED_PUT = PRESIGNED | {"s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"}
FORM = SIGNED | {"s3:authType": "POST", "s3:ObjectCreationOperation": "true"}
BY_A_FUNCTION = SIGNED | {"s3:authType": "REST-HEADER"}


@pytest.fixture
def policy(stack: Synthesis) -> dict[str, Any]:
    document: dict[str, Any] = stack.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    return document


def without(context: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name != key}


def with_age(milliseconds: int) -> dict[str, Any]:
    return PRESIGNED_PUT | {"s3:signatureAge": milliseconds}


def test_the_policy_allows_nothing(policy: dict[str, Any]) -> None:
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Deny"}


def test_a_presigned_put_to_staging_is_not_denied(policy: dict[str, Any]) -> None:
    assert denying_sids(policy, "s3:PutObject", STAGED, PRESIGNED_PUT) == set()


def test_a_form_to_staging_is_not_denied_although_it_has_no_if_none_match(policy: dict[str, Any]) -> None:
    assert denying_sids(policy, "s3:PutObject", STAGED, FORM) == set()


def test_a_presigned_part_is_not_denied_although_it_has_no_if_none_match(policy: dict[str, Any]) -> None:
    part = PRESIGNED | {"s3:ObjectCreationOperation": "false"}
    assert denying_sids(policy, "s3:PutObject", STAGED, part) == set()


def test_a_presigned_put_without_if_none_match_is_denied(policy: dict[str, Any]) -> None:
    request = without(PRESIGNED_PUT, "s3:if-none-match")
    assert denying_sids(policy, "s3:PutObject", STAGED, request) == {"NoPresignedPutOverAnObject"}


@pytest.mark.parametrize("request_", [PRESIGNED_PUT, FORM])
@pytest.mark.parametrize("resource", [DOCUMENT, RENDITION, QUARANTINED, f"{BUCKET}/staging"])
def test_a_presigned_write_outside_staging_is_denied(
    policy: dict[str, Any], request_: dict[str, Any], resource: str
) -> None:
    assert denying_sids(policy, "s3:PutObject", resource, request_) == {"NoPresignedWriteOutsideStaging"}


@pytest.mark.parametrize("resource", [DOCUMENT, RENDITION])
def test_a_write_by_a_function_is_not_denied(policy: dict[str, Any], resource: str) -> None:
    copy = BY_A_FUNCTION | {"s3:ObjectCreationOperation": "true"}
    assert denying_sids(policy, "s3:PutObject", resource, copy) == set()


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_a_presigned_read_of_staging_is_denied_and_a_read_by_a_function_is_not(
    policy: dict[str, Any], action: str
) -> None:
    assert denying_sids(policy, action, STAGED, PRESIGNED) == {"NoPresignedReadOfStaging"}
    assert denying_sids(policy, action, STAGED, BY_A_FUNCTION) == set()


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_a_presigned_read_of_quarantine_is_denied_to_everybody(policy: dict[str, Any], action: str) -> None:
    assert denying_sids(policy, action, QUARANTINED, PRESIGNED) == {"NoPresignedReadOfQuarantine"}
    assert denying_sids(policy, action, QUARANTINED, BY_A_FUNCTION) == set()


@pytest.mark.parametrize("resource", [DOCUMENT, RENDITION])
def test_a_presigned_download_is_not_denied(policy: dict[str, Any], resource: str) -> None:
    assert denying_sids(policy, "s3:GetObjectVersion", resource, PRESIGNED) == set()


def test_a_signature_older_than_the_lifetime_of_an_upload_url_is_denied(policy: dict[str, Any]) -> None:
    assert denying_sids(policy, "s3:PutObject", STAGED, with_age(900_000)) == set()
    assert denying_sids(policy, "s3:PutObject", STAGED, with_age(900_001)) == {"SignaturesExpire"}
    assert denying_sids(policy, "s3:ListBucket", BUCKET, with_age(900_001)) == {"SignaturesExpire"}


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
@pytest.mark.parametrize("resource", [DOCUMENT, RENDITION])
def test_a_download_is_denied_after_five_minutes(policy: dict[str, Any], resource: str, action: str) -> None:
    assert denying_sids(policy, action, resource, with_age(300_000)) == set()
    assert denying_sids(policy, action, resource, with_age(300_001)) == {"DownloadsExpire"}


def test_the_maximum_signature_ages_are_the_lifetimes_that_the_functions_sign_with(variant: Variant) -> None:
    short = variant(urlLifetime="60", downloadLifetime="90")
    policy = short.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    assert denying_sids(policy, "s3:PutObject", STAGED, with_age(60_001)) == {"SignaturesExpire"}
    assert denying_sids(policy, "s3:GetObjectVersion", DOCUMENT, with_age(90_000)) == set()
    assert denying_sids(policy, "s3:GetObjectVersion", DOCUMENT, with_age(90_001)) == {"DownloadsExpire"}
    for function in short.all("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert (variables["AIRLOCK_URL_LIFETIME"], variables["AIRLOCK_DOWNLOAD_LIFETIME"]) == ("60", "90")


@pytest.mark.parametrize("resource", [BUCKET, STAGED, DOCUMENT])
def test_signature_version_2_is_denied_everywhere(policy: dict[str, Any], resource: str) -> None:
    request = BY_A_FUNCTION | {"s3:signatureversion": "AWS"}
    assert denying_sids(policy, "s3:ListBucket", resource, request) == {"OnlySignatureVersion4"}


def test_a_request_without_a_signature_version_is_not_denied(policy: dict[str, Any]) -> None:
    assert denying_sids(policy, "s3:ListBucket", BUCKET, TLS) == set()


@pytest.mark.parametrize("transport", [{"aws:SecureTransport": "false"}, {"s3:TlsVersion": 1.1}])
@pytest.mark.parametrize("resource", [BUCKET, STAGED, DOCUMENT])
def test_plain_http_and_old_tls_are_denied(
    policy: dict[str, Any], resource: str, transport: dict[str, Any]
) -> None:
    assert denying_sids(policy, "s3:GetObject", resource, BY_A_FUNCTION | transport) == {"TLS"}
