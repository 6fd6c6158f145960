"""The bucket: clients may write to the staging prefix and read from the prefixes of documents and renditions."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import QUARANTINE
from infra.bucket_policy import deny_statements
from infra.context import Deployment
from infra.cors import merge_headers
from infra.private_bucket import create_private_bucket

_ALLOWED_HEADERS = (
    "content-type",
    "if-none-match",
    "x-amz-checksum-sha256",
    "x-amz-checksum-crc64nvme",
    "range",
)
_DAY = 86_400
_MIN_ABORT_DAYS = 7
"""The uploads of large copies are aborted too. A copy of 48.8 TiB takes 13 hours with 32 parts at 35 MB/s, plus outages."""


class Storage(Construct):
    """One versioned bucket."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        removal_policy: cdk.RemovalPolicy,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = create_private_bucket(
            self,
            "Bucket",
            key=key,
            removal_policy=removal_policy,
            versioned=True,
            # With SSE-C, a client could write objects that only its own key decrypts.
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            cors=[_cors_rule(deployment.web_origins, deployment.allow_headers)],
            lifecycle_rules=[
                _abort_rule(deployment.multipart_lifetime),
                *_quarantine_rules(deployment.quarantine_days),
            ],
        )
        for statement in deny_statements(
            self.bucket,
            url_lifetime=deployment.url_lifetime,
            download_lifetime=deployment.download_lifetime,
            has_presigned_downloads=deployment.has_presigned_downloads,
        ):
            self.bucket.add_to_resource_policy(statement)


def _cors_rule(web_origins: Sequence[str], more_headers: Sequence[str]) -> s3.CorsRule:
    """Allows the headers of presigned requests, and those of the deployment. No request has cookies, so CORS protects the browser alone."""
    return s3.CorsRule(
        allowed_origins=list(web_origins),
        allowed_methods=[s3.HttpMethods.PUT, s3.HttpMethods.POST, s3.HttpMethods.GET, s3.HttpMethods.HEAD],
        allowed_headers=merge_headers(_ALLOWED_HEADERS, more_headers),
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


def _abort_rule(multipart_lifetime: int) -> s3.LifecycleRule:
    """Aborts what the functions failed to abort, and only after `multipart_lifetime`, because a slow upload would lose its
    parts.

    S3 rounds the time up to the next midnight UTC. No rule expires objects of staging: only the sweep deletes staged versions.
    - A current version makes the URL of a PUT write-once, and holds the bytes of a document that failed or waits for a step.
    - A noncurrent version can be that one too, because S3 accepts a form again, and the first version counts.
    - Nothing creates a delete marker, because no role may delete without a version.
    """
    days = max(_MIN_ABORT_DAYS, -(-multipart_lifetime // _DAY))
    return s3.LifecycleRule(
        id="AbortUnfinishedMultipartUploads",
        abort_incomplete_multipart_upload_after=cdk.Duration.days(days),
    )


def _quarantine_rules(days: int) -> list[s3.LifecycleRule]:
    """Deletes infected bytes, and what is left of them after the quarantine was switched off.

    A version becomes noncurrent when it expires, and is deleted a day later. Its delete marker then needs a rule of its
    own, because a rule with a number of days ignores markers.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """
    return [
        s3.LifecycleRule(
            id="DeleteQuarantinedVersions",
            prefix=QUARANTINE,
            expiration=cdk.Duration.days(max(1, days)),
            noncurrent_version_expiration=cdk.Duration.days(1),
        ),
        s3.LifecycleRule(
            id="DeleteMarkersInQuarantine", prefix=QUARANTINE, expired_object_delete_marker=True
        ),
    ]
