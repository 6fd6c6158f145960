"""The bucket: clients may write to the staging prefix and read from the documents prefix."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import STAGING
from functions.settings import MAX_UPLOAD_DAYS
from infra.bucket_policy import deny_statements
from infra.nag import suppress


class Storage(Construct):
    """One versioned bucket. Lifetimes are seconds."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        web_origins: Sequence[str],
        url_lifetime: int,
        download_lifetime: int,
        removal_policy: cdk.RemovalPolicy,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            # With SSE-C, a client could write objects that only its own key decrypts.
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            # One request to KMS for many objects.
            bucket_key_enabled=True if key else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # CloudFormation does not delete a bucket that has objects: the deletion of the stack fails.
            removal_policy=removal_policy,
            cors=[_cors_rule(web_origins)],
            lifecycle_rules=_lifecycle_rules(),
        )
        for statement in deny_statements(
            self.bucket, url_lifetime=url_lifetime, download_lifetime=download_lifetime
        ):
            self.bucket.add_to_resource_policy(statement)
        suppress(self.bucket, "AwsSolutions-S1")


def _cors_rule(web_origins: Sequence[str]) -> s3.CorsRule:
    """Allows exactly the headers of presigned requests. No request has cookies, so CORS protects the browser alone."""
    return s3.CorsRule(
        allowed_origins=list(web_origins),
        allowed_methods=[s3.HttpMethods.PUT, s3.HttpMethods.POST, s3.HttpMethods.GET, s3.HttpMethods.HEAD],
        allowed_headers=[
            "content-type",
            "if-none-match",
            "x-amz-checksum-sha256",
            "x-amz-checksum-crc64nvme",
            "range",
        ],
        exposed_headers=[
            "ETag",
            "Content-Range",
            "Accept-Ranges",
            "Content-Length",
            "Content-Disposition",
            "x-amz-version-id",
            "x-amz-checksum-sha256",
        ],
        max_age=3600,
    )


def _lifecycle_rules() -> list[s3.LifecycleRule]:
    """Deletes what the functions failed to delete. S3 rounds each time up to the next midnight UTC.

    No rule applies before `uploadLifetime` can have ended, because a slow upload would lose its parts. The age of a
    multipart object counts from the start of its upload, so staging expires a day later than parts.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html

    Expiration hides the current version of an object under a delete marker. Then the noncurrent version expires, and
    the third rule deletes the marker. S3 rejects a rule with both `ExpiredObjectDeleteMarker` and days.
    """
    return [
        s3.LifecycleRule(
            id="AbortUnfinishedMultipartUploads",
            abort_incomplete_multipart_upload_after=cdk.Duration.days(MAX_UPLOAD_DAYS),
        ),
        s3.LifecycleRule(
            id="ExpireStaging",
            prefix=STAGING,
            expiration=cdk.Duration.days(MAX_UPLOAD_DAYS + 1),
            noncurrent_version_expiration=cdk.Duration.days(1),
        ),
        s3.LifecycleRule(id="ExpireStagingDeleteMarkers", prefix=STAGING, expired_object_delete_marker=True),
    ]
