"""The bucket policy: bounds of every presigned URL, whatever the role that signed it may do.

Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from functions.domain.keys import DOCUMENTS, QUARANTINE, RENDITIONS, STAGING

_PRESIGNED = {"s3:authType": ["REST-QUERY-STRING", "POST"]}


def deny_statements(
    bucket: s3.Bucket, *, url_lifetime: int, download_lifetime: int, has_presigned_downloads: bool
) -> list[iam.PolicyStatement]:
    """Returns seven statements, or eight where CloudFront alone delivers; CDK adds those that require TLS. Lifetimes are seconds."""
    everything = [bucket.bucket_arn, bucket.arn_for_objects("*")]
    staging = [bucket.arn_for_objects(f"{STAGING}*")]
    downloads = [bucket.arn_for_objects(f"{prefix}*") for prefix in (DOCUMENTS, RENDITIONS)]
    return [
        # SigV2 signs neither the length nor If-None-Match. `Null` exempts requests without a signature version, such
        # as those of AWS services, because StringNotEquals is true for an absent key.
        _deny(
            "OnlySignatureVersion4",
            ["s3:*"],
            resources=everything,
            conditions={
                "StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"},
                "Null": {"s3:signatureversion": "false"},
            },
        ),
        # Milliseconds. S3 applies the shorter of this and X-Amz-Expires.
        _deny(
            "SignaturesExpire",
            ["s3:*"],
            not_resources=downloads,
            conditions={"NumericGreaterThan": {"s3:signatureAge": url_lifetime * 1000}},
        ),
        _deny(
            "DownloadsExpire",
            ["s3:*"],
            resources=downloads,
            conditions={"NumericGreaterThan": {"s3:signatureAge": download_lifetime * 1000}},
        ),
        _deny(
            "NoPresignedWriteOutsideStaging",
            ["s3:PutObject"],
            not_resources=staging,
            conditions={"StringEquals": _PRESIGNED},
        ),
        _deny(
            "NoPresignedReadOfStaging",
            ["s3:GetObject", "s3:GetObjectVersion"],
            resources=staging,
            conditions={"StringEquals": _PRESIGNED},
        ),
        # An operator reads infected bytes with a signed header, so that no URL of them exists.
        _deny(
            "NoPresignedReadOfQuarantine",
            ["s3:GetObject", "s3:GetObjectVersion"],
            resources=[bucket.arn_for_objects(f"{QUARANTINE}*")],
            conditions={"StringEquals": _PRESIGNED},
        ),
        # Parts are exempt, because they create no object. Forms are exempt, because POST has no If-None-Match.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        _deny(
            "NoPresignedPutOverAnObject",
            ["s3:PutObject"],
            resources=staging,
            conditions={
                "StringEquals": {"s3:authType": "REST-QUERY-STRING"},
                "Null": {"s3:if-none-match": "true"},
                "Bool": {"s3:ObjectCreationOperation": "true"},
            },
        ),
        *([] if has_presigned_downloads else [_deny_presigned_downloads(downloads)]),
    ]


def _deny_presigned_downloads(downloads: Sequence[str]) -> iam.PolicyStatement:
    """CloudFront, the pipeline and operators sign with a header."""
    return _deny(
        "NoPresignedDownload",
        ["s3:GetObject", "s3:GetObjectVersion"],
        resources=downloads,
        conditions={"StringEquals": _PRESIGNED},
    )


def _deny(
    sid: str,
    actions: Sequence[str],
    *,
    conditions: Mapping[str, object],
    resources: Sequence[str] | None = None,
    not_resources: Sequence[str] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=actions,
        resources=resources,
        not_resources=not_resources,
        conditions=conditions,
    )
