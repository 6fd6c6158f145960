"""The bucket policy: bounds of every presigned URL, whatever the role that signed it may do.

Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from functions.domain.keys import DOCUMENTS, QUARANTINE, RENDITIONS, STAGING

_READS = ("s3:GetObject", "s3:GetObjectVersion")
_PRESIGNED = {"StringEquals": {"s3:authType": ["REST-QUERY-STRING", "POST"]}}


def deny_statements(
    bucket: s3.Bucket, *, url_lifetime: int, download_lifetime: int, has_presigned_downloads: bool
) -> list[iam.PolicyStatement]:
    """Returns seven statements, or eight where CloudFront alone delivers; CDK adds those that require TLS. Lifetimes are seconds."""
    staging = [bucket.arn_for_objects(f"{STAGING}*")]
    quarantine = [bucket.arn_for_objects(f"{QUARANTINE}*")]
    downloads = [bucket.arn_for_objects(f"{prefix}*") for prefix in (DOCUMENTS, RENDITIONS)]
    return [
        _deny_old_signatures([bucket.bucket_arn, bucket.arn_for_objects("*")]),
        _deny("SignaturesExpire", ["s3:*"], _older_than(url_lifetime), not_resources=downloads),
        _deny("DownloadsExpire", ["s3:*"], _older_than(download_lifetime), resources=downloads),
        _deny("NoPresignedWriteOutsideStaging", ["s3:PutObject"], _PRESIGNED, not_resources=staging),
        _deny("NoPresignedReadOfStaging", _READS, _PRESIGNED, resources=staging),
        # An operator reads infected bytes with a signed header, so that no URL of them exists.
        _deny("NoPresignedReadOfQuarantine", _READS, _PRESIGNED, resources=quarantine),
        _deny_overwrites(staging),
        # CloudFront, the pipeline and operators sign with a header.
        *(
            []
            if has_presigned_downloads
            else [_deny("NoPresignedDownload", _READS, _PRESIGNED, resources=downloads)]
        ),
    ]


def _older_than(seconds: int) -> Mapping[str, object]:
    """Matches the age of a signature, in milliseconds. S3 applies the shorter of this and X-Amz-Expires."""
    return {"NumericGreaterThan": {"s3:signatureAge": seconds * 1000}}


def _deny_old_signatures(resources: Sequence[str]) -> iam.PolicyStatement:
    """Denies SigV2, which signs neither the length nor If-None-Match.

    `Null` exempts requests without a signature version, such as those of AWS services, because StringNotEquals is true for
    an absent key.
    """
    conditions = {
        "StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"},
        "Null": {"s3:signatureversion": "false"},
    }
    return _deny("OnlySignatureVersion4", ["s3:*"], conditions, resources=resources)


def _deny_overwrites(resources: Sequence[str]) -> iam.PolicyStatement:
    """Denies a presigned PUT without If-None-Match.

    Parts are exempt, because they create no object. Forms are exempt, because POST has no If-None-Match.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    conditions = {
        "StringEquals": {"s3:authType": "REST-QUERY-STRING"},
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    return _deny("NoPresignedPutOverAnObject", ["s3:PutObject"], conditions, resources=resources)


def _deny(
    sid: str,
    actions: Sequence[str],
    conditions: Mapping[str, object],
    *,
    resources: Sequence[str] | None = None,
    not_resources: Sequence[str] | None = None,
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=resources,
        not_resources=not_resources,
        conditions=conditions,
    )
