"""The bucket: access (T17), CORS (T21) and lifecycle (T19)."""

from typing import Any

import pytest

from tests.infra.conftest import Variant
from tests.infra.template import Synthesis


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
    stack: Synthesis,
) -> None:
    (rule,) = lifecycle_rules(stack, "AbortUnfinishedMultipartUploads")
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert rule["Status"] == "Enabled"
    assert "Prefix" not in rule


@pytest.mark.parametrize(("lifetime", "days"), [(86_400, 7), (604_801, 8), (2_592_000, 30)])
def test_they_are_never_aborted_before_the_lifetime_that_a_deployer_sets(
    variant: Variant, lifetime: int, days: int
) -> None:
    (rule,) = lifecycle_rules(variant(multipartLifetime=lifetime), "AbortUnfinishedMultipartUploads")
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": days}


def test_no_lifecycle_rule_expires_an_object_because_only_the_sweep_deletes_staged_versions(
    stack: Synthesis,
) -> None:
    """The only exception is the quarantine, which no sweep lists."""
    expiring = [rule for rule in lifecycle_rules(stack) if any("Expir" in name for name in rule)]
    assert {rule["Prefix"] for rule in expiring} == {"quarantine/"}


@pytest.mark.parametrize(("days", "deleted_after"), [(0, 1), (30, 30)])
def test_infected_bytes_are_deleted_also_after_the_quarantine_was_switched_off(
    variant: Variant, days: int, deleted_after: int
) -> None:
    rules = lifecycle_rules(variant(quarantineDays=str(days)))
    assert {rule["Id"]: rule for rule in rules if "Prefix" in rule} == {
        "DeleteQuarantinedVersions": {
            "Id": "DeleteQuarantinedVersions",
            "Prefix": "quarantine/",
            "Status": "Enabled",
            "ExpirationInDays": deleted_after,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        },
        "DeleteMarkersInQuarantine": {
            "Id": "DeleteMarkersInQuarantine",
            "Prefix": "quarantine/",
            "Status": "Enabled",
            "ExpiredObjectDeleteMarker": True,
        },
    }


def lifecycle_rules(synthesis: Synthesis, name: str = "") -> list[dict[str, Any]]:
    """Returns the rules, or that of a name."""
    rules = synthesis.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    return [rule for rule in rules if name in ("", rule["Id"])]
