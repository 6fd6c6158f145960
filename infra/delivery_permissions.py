"""Permissions of delivery by CloudFront: the distribution reads stored versions, and the functions that sign read the private keys."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from functions.domain.keys import DOCUMENTS, RENDITIONS
from infra.encryption import DECRYPT
from infra.statements import allow

_CLOUDFRONT = "cloudfront.amazonaws.com"


def allow_distribution(bucket: s3.Bucket, distribution_id: str) -> iam.PolicyStatement:
    """Returns the statement of the bucket policy with which one distribution reads versions, and nothing without a version.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return iam.PolicyStatement(
        sid="AllowDelivery",
        principals=[iam.ServicePrincipal(_CLOUDFRONT)],
        actions=["s3:GetObjectVersion"],
        resources=[bucket.arn_for_objects(f"{prefix}*") for prefix in (DOCUMENTS, RENDITIONS)],
        conditions={"StringEquals": {"aws:SourceArn": _distribution_arn(bucket, distribution_id)}},
    )


def allow_distributions_to_decrypt(key: kms.IKey) -> iam.PolicyStatement:
    """Returns the statement of the key policy with which distributions of the account read encrypted documents.

    Naming the one distribution is a circular dependency: distribution -> bucket -> key.
    """
    return iam.PolicyStatement(
        sid="AllowDeliveryToDecrypt",
        principals=[iam.ServicePrincipal(_CLOUDFRONT)],
        actions=list(DECRYPT),
        resources=["*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(key).account},
            "ArnLike": {"aws:SourceArn": _distribution_arn(key, "*")},
        },
    )


def signing_statements(stack: cdk.Stack, secret_name: str) -> list[iam.PolicyStatement]:
    """Returns the permissions of a function that signs URLs of CloudFront.

    The secret is no resource of the stack, because it is there before the first deployment. Secrets Manager ends its ARN
    with six characters.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    secret = stack.format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{secret_name}-??????",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return [allow(secret, "secretsmanager:GetSecretValue")]


def _distribution_arn(scope: s3.Bucket | kms.IKey, distribution_id: str) -> str:
    return cdk.Stack.of(scope).format_arn(
        service="cloudfront", region="", resource="distribution", resource_name=distribution_id
    )
