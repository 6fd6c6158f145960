"""The bucket: access (T17), CORS (T21) and lifecycle (T19)."""

from typing import Any

import pytest

from functions.settings import MAX_UPLOAD_DAYS
from tests.infra.template import Synthesis


@pytest.fixture
def lifecycle_rules(stack: Synthesis) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = stack.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    return rules


def test_the_bucket_is_versioned_encrypted_private_and_without_acls(stack: Synthesis) -> None:
    bucket = stack.only("AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_cors_allows_exact_origins_and_exactly_the_signed_headers(prod: Synthesis) -> None:
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


def test_incomplete_multipart_uploads_are_aborted_in_the_whole_bucket_once_no_upload_can_be_open(
    lifecycle_rules: list[dict[str, Any]],
) -> None:
    (rule,) = [rule for rule in lifecycle_rules if "AbortIncompleteMultipartUpload" in rule]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": MAX_UPLOAD_DAYS}
    assert "Prefix" not in rule


def test_only_staging_expires(lifecycle_rules: list[dict[str, Any]]) -> None:
    expiring = [rule for rule in lifecycle_rules if "AbortIncompleteMultipartUpload" not in rule]
    assert {rule["Prefix"] for rule in expiring} == {"staging/"}
    assert {rule["Status"] for rule in lifecycle_rules} == {"Enabled"}


def test_staging_expires_a_day_after_the_longest_upload(lifecycle_rules: list[dict[str, Any]]) -> None:
    days = [rule["ExpirationInDays"] for rule in lifecycle_rules if "ExpirationInDays" in rule]
    assert days == [MAX_UPLOAD_DAYS + 1]


def test_noncurrent_versions_and_delete_markers_in_staging_expire(
    lifecycle_rules: list[dict[str, Any]],
) -> None:
    noncurrent = [
        rule["NoncurrentVersionExpiration"]
        for rule in lifecycle_rules
        if "NoncurrentVersionExpiration" in rule
    ]
    assert noncurrent == [{"NoncurrentDays": 1}]
    assert [rule["Id"] for rule in lifecycle_rules if rule.get("ExpiredObjectDeleteMarker")] == [
        "ExpireStagingDeleteMarkers"
    ]
