"""The settings that every bucket of a deployment shares: nothing public, TLS only, encrypted."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import suppress


def create_private_bucket(
    scope: Construct, id: str, *, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy, **settings: Any
) -> s3.Bucket:
    """Creates a bucket, encrypted with `key`, or with keys of S3 without one. `settings` are further ones of `s3.Bucket`."""
    bucket = s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        # One request to KMS for many objects.
        bucket_key_enabled=True if key else None,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        # CloudFormation does not delete a bucket that has objects: the deletion of the stack fails.
        removal_policy=removal_policy,
        **settings,
    )
    suppress(bucket, "AwsSolutions-S1")
    return bucket
