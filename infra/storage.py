"""The bucket: `staging/`, where a client may write, and `documents/`, where a client may read."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.bucket_policy import deny_statements
from infra.nag import suppress


class Storage(Construct):
    """One versioned bucket. Lifetimes are seconds.

    `multipart_days`: when S3 drops the parts of an upload that was never completed. It must be longer than any
    upload may live, or a slow upload that is still allowed loses its parts; 7 days is the longest that
    `uploadLifetime` can be.
    """

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
        multipart_days: int = 7,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            # Nobody may write with a key that only they have, and so take the bytes hostage.
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            # One call to KMS for many objects.
            bucket_key_enabled=True if key else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # CloudFormation never deletes a bucket with objects in it: the stack's deletion stops there instead.
            removal_policy=removal_policy,
            cors=[_cors(web_origins)],
            lifecycle_rules=_lifecycle(multipart_days=multipart_days),
        )
        for statement in deny_statements(
            self.bucket, url_lifetime=url_lifetime, download_lifetime=download_lifetime
        ):
            self.bucket.add_to_resource_policy(statement)
        suppress(self.bucket, "AwsSolutions-S1")


def _cors(web_origins: Sequence[str]) -> s3.CorsRule:
    """Exactly the headers that a presigned request carries; no cookie travels, so this only guards the browser."""
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


def _lifecycle(*, multipart_days: int) -> list[s3.LifecycleRule]:
    """The backstop for what no function cleaned up. S3 rounds up to the next midnight UTC.

    An object of parts is as old as its upload, not as its completion, so staging lives longer than any upload.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html

    An expired current version only becomes noncurrent, under a delete marker; the second and third rule finish it.
    S3 takes no marker rule with `prefix` and days together, so the markers have their own rule.
    """
    return [
        s3.LifecycleRule(
            id="AbortUnfinishedMultipartUploads",
            abort_incomplete_multipart_upload_after=cdk.Duration.days(multipart_days),
        ),
        s3.LifecycleRule(
            id="ExpireStaging",
            prefix="staging/",
            expiration=cdk.Duration.days(multipart_days + 1),
            noncurrent_version_expiration=cdk.Duration.days(1),
        ),
        s3.LifecycleRule(
            id="ExpireStagingDeleteMarkers", prefix="staging/", expired_object_delete_marker=True
        ),
    ]
