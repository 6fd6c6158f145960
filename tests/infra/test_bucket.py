"""The bucket: what it refuses whatever a role may do (T1, T14, T17), its CORS (T21) and its lifecycle."""

from typing import Any

import pytest

from tests.infra.conftest import Checked, Variant
from tests.infra.policy import denying
from tests.infra.template import Synthesis

BUCKET = "${StorageBucket.Arn}"
STAGED = f"{BUCKET}/staging/owner/id"
DOCUMENT = f"{BUCKET}/documents/owner/id"
# What S3 knows of a good request; each test changes what it is about.
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": 1.3}
SIGNED = TLS | {"s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureAge": 1_000}
PRESIGNED = SIGNED | {"s3:authType": "REST-QUERY-STRING"}
PRESIGNED_PUT = PRESIGNED | {"s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"}
FORM = SIGNED | {"s3:authType": "POST", "s3:ObjectCreationOperation": "true"}
BY_A_FUNCTION = SIGNED | {"s3:authType": "REST-HEADER"}


@pytest.fixture
def policy(stack: Checked) -> dict[str, Any]:
    document: dict[str, Any] = stack.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    return document


def without(context: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name != key}


def test_a_presigned_put_to_staging_is_let_through(policy: dict[str, Any]) -> None:
    assert denying(policy, "s3:PutObject", STAGED, PRESIGNED_PUT) == set()


def test_a_form_to_staging_is_let_through_though_it_has_no_if_none_match(policy: dict[str, Any]) -> None:
    assert denying(policy, "s3:PutObject", STAGED, FORM) == set()


def test_a_presigned_part_is_let_through_though_it_has_no_if_none_match(policy: dict[str, Any]) -> None:
    part = PRESIGNED | {"s3:ObjectCreationOperation": "false"}
    assert denying(policy, "s3:PutObject", STAGED, part) == set()


def test_a_presigned_put_without_if_none_match_is_refused(policy: dict[str, Any]) -> None:
    request = without(PRESIGNED_PUT, "s3:if-none-match")
    assert denying(policy, "s3:PutObject", STAGED, request) == {"NoPresignedPutOverAnObject"}


@pytest.mark.parametrize("request_", [PRESIGNED_PUT, FORM])
def test_no_presigned_request_writes_outside_staging(
    policy: dict[str, Any], request_: dict[str, Any]
) -> None:
    assert denying(policy, "s3:PutObject", DOCUMENT, request_) == {"NoPresignedWriteOutsideStaging"}
    assert denying(policy, "s3:PutObject", f"{BUCKET}/staging", request_) == {
        "NoPresignedWriteOutsideStaging"
    }


def test_a_function_may_copy_into_documents(policy: dict[str, Any]) -> None:
    copy = BY_A_FUNCTION | {"s3:ObjectCreationOperation": "true"}
    assert denying(policy, "s3:PutObject", DOCUMENT, copy) == set()


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_nobody_reads_staging_by_a_url_but_a_function_does(policy: dict[str, Any], action: str) -> None:
    assert denying(policy, action, STAGED, PRESIGNED) == {"NoPresignedReadOfStaging"}
    assert denying(policy, action, STAGED, BY_A_FUNCTION) == set()


def test_a_presigned_download_of_a_document_is_let_through(policy: dict[str, Any]) -> None:
    assert denying(policy, "s3:GetObjectVersion", DOCUMENT, PRESIGNED) == set()


def at_age(milliseconds: int) -> dict[str, Any]:
    return PRESIGNED_PUT | {"s3:signatureAge": milliseconds}


def test_a_signature_is_refused_after_the_lifetime_of_a_url(policy: dict[str, Any]) -> None:
    assert denying(policy, "s3:PutObject", STAGED, at_age(900_000)) == set()
    assert denying(policy, "s3:PutObject", STAGED, at_age(900_001)) == {"SignaturesExpire"}
    assert denying(policy, "s3:ListBucket", BUCKET, at_age(900_001)) == {"SignaturesExpire"}


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_a_download_is_refused_after_five_minutes(policy: dict[str, Any], action: str) -> None:
    assert denying(policy, action, DOCUMENT, at_age(300_000)) == set()
    assert denying(policy, action, DOCUMENT, at_age(300_001)) == {"DownloadsExpire"}


def test_the_age_limits_are_the_lifetimes_that_the_functions_sign_with(variant: Variant) -> None:
    short = variant(urlLifetime="60", downloadLifetime="90")
    policy = short.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    assert denying(policy, "s3:PutObject", STAGED, at_age(60_001)) == {"SignaturesExpire"}
    assert denying(policy, "s3:GetObjectVersion", DOCUMENT, at_age(90_000)) == set()
    assert denying(policy, "s3:GetObjectVersion", DOCUMENT, at_age(90_001)) == {"DownloadsExpire"}
    for function in short.all("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert (variables["AIRLOCK_URL_LIFETIME"], variables["AIRLOCK_DOWNLOAD_LIFETIME"]) == ("60", "90")


@pytest.mark.parametrize("resource", [BUCKET, STAGED, DOCUMENT])
def test_signature_version_2_is_refused_everywhere(policy: dict[str, Any], resource: str) -> None:
    request = BY_A_FUNCTION | {"s3:signatureversion": "AWS"}
    assert denying(policy, "s3:ListBucket", resource, request) == {"OnlySignatureVersion4"}


def test_a_request_that_carries_no_signature_version_is_not_refused_for_it(policy: dict[str, Any]) -> None:
    assert denying(policy, "s3:ListBucket", BUCKET, TLS) == set()


@pytest.mark.parametrize("transport", [{"aws:SecureTransport": "false"}, {"s3:TlsVersion": 1.1}])
@pytest.mark.parametrize("resource", [BUCKET, STAGED, DOCUMENT])
def test_plain_http_and_old_tls_are_refused(
    policy: dict[str, Any], resource: str, transport: dict[str, Any]
) -> None:
    assert denying(policy, "s3:GetObject", resource, BY_A_FUNCTION | transport) == {"TLS"}


def test_the_policy_allows_nothing(policy: dict[str, Any]) -> None:
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Deny"}


def test_the_bucket_is_versioned_encrypted_private_and_without_acls(stack: Checked) -> None:
    bucket = stack.only("AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_cors_names_exact_origins_and_exactly_the_headers_that_are_signed(prod: Synthesis) -> None:
    (rule,) = prod.only("AWS::S3::Bucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://app.example.com"]
    assert rule["AllowedMethods"] == ["PUT", "POST", "GET", "HEAD"]
    assert set(rule["AllowedHeaders"]) == {
        "content-type",
        "if-none-match",
        "x-amz-checksum-sha256",
        "x-amz-checksum-crc64nvme",
        "range",
    }
    assert set(rule["ExposedHeaders"]) == {
        "ETag",
        "Content-Range",
        "Accept-Ranges",
        "Content-Length",
        "Content-Disposition",
        "x-amz-version-id",
        "x-amz-checksum-sha256",
    }
    assert rule["MaxAge"] == 3600


def lifecycle(synthesis: Synthesis) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = synthesis.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    return rules


def test_unfinished_multipart_uploads_go_after_seven_days_in_the_whole_bucket(stack: Checked) -> None:
    (rule,) = [rule for rule in lifecycle(stack) if "AbortIncompleteMultipartUpload" in rule]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "Prefix" not in rule


def test_nothing_but_staging_ever_expires(stack: Checked) -> None:
    expiring = [rule for rule in lifecycle(stack) if "AbortIncompleteMultipartUpload" not in rule]
    assert {rule["Prefix"] for rule in expiring} == {"staging/"}
    assert {rule["Status"] for rule in lifecycle(stack)} == {"Enabled"}


def test_staging_expires_a_day_after_any_upload_must_have_ended(stack: Checked) -> None:
    assert [rule["ExpirationInDays"] for rule in lifecycle(stack) if "ExpirationInDays" in rule] == [8]


def test_versions_and_delete_markers_in_staging_go_too(stack: Checked) -> None:
    rules = lifecycle(stack)
    assert [
        rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule
    ] == [{"NoncurrentDays": 1}]
    assert [rule["Id"] for rule in rules if rule.get("ExpiredObjectDeleteMarker")] == [
        "ExpireStagingDeleteMarkers"
    ]
