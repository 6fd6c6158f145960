"""Permissions of each function: every action by its name.

A presigned URL has the permissions of the role that signed it, so each of them is a permission of every client.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from functions.domain.keys import DOCUMENTS, STAGING
from infra.document_table import DUE
from infra.encryption import DECRYPT, WRITE, allow_via_service
from infra.nag import suppress

_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def permissions(
    *, bucket: s3.Bucket, table: dynamodb.Table, object_created_queue: sqs.Queue, purge_queue: sqs.Queue
) -> dict[str, list[iam.PolicyStatement]]:
    """Returns function name -> statements. A DynamoDB transaction needs the permissions of its single writes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    staging, documents = bucket.arn_for_objects(f"{STAGING}*"), bucket.arn_for_objects(f"{DOCUMENTS}*")
    return {
        "uploads": [
            _allow(staging, "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        ],
        "documents": [
            _allow(documents, "s3:GetObjectVersion"),
            # PutItem is for delete and restore.
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
        ],
        "pipeline": [
            # For a request with a version id S3 requires these alone. DeleteObject only adds a delete marker in a
            # versioned bucket, and then a presigned URL that is still valid could write the key again.
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            _allow(staging, "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
            # GetObject is for the HEAD after a promotion; ListMultipartUploadParts is for a multipart copy.
            _allow(
                documents,
                "s3:PutObject",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:ListMultipartUploadParts",
            ),
            # Without ListBucket S3 returns 403 instead of 404 for an object that does not exist. Not restricted to a
            # prefix, because a GET has no condition key `s3:prefix`.
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
            _allow(bucket.bucket_arn, "s3:ListBucket"),
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
            _allow(object_created_queue.queue_arn, *_READ_QUEUE),
            # For the backoff of a failed message, and for resuming a multipart copy in another invocation.
            _allow(object_created_queue.queue_arn, "sqs:ChangeMessageVisibility", "sqs:SendMessage"),
        ],
        "sweeps": [
            *_allow_lists(bucket),
            _allow(
                staging, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"
            ),
            # The index yields owners and documents; the table is then queried for the documents of an owner.
            _allow(
                table.table_arn,
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:Query",
            ),
            _allow(f"{table.table_arn}/index/{DUE}", "dynamodb:Query"),
            _allow(object_created_queue.queue_arn, "sqs:SendMessage"),
            _allow(purge_queue.queue_arn, "sqs:SendMessage"),
        ],
        "purge": [
            *_allow_lists(bucket),
            *(
                _allow(
                    objects,
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                    "s3:DeleteObjectVersion",
                )
                for objects in (staging, documents)
            ),
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
            _allow(purge_queue.queue_arn, *_READ_QUEUE, "sqs:ChangeMessageVisibility"),
        ],
    }


def key_permissions(key: kms.IKey) -> dict[str, list[iam.PolicyStatement]]:
    """Returns function name -> additional statements for a deployment with a KMS key. List and delete need no key.

    DynamoDB decrypts the key of the table on behalf of each caller.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    table = allow_via_service(key, "dynamodb", *DECRYPT)
    return {
        "uploads": [table, allow_via_service(key, "s3", *WRITE)],
        "documents": [table, allow_via_service(key, "s3", *DECRYPT)],
        "pipeline": [table, allow_via_service(key, "s3", *WRITE), allow_via_service(key, "sqs", *WRITE)],
        "sweeps": [table, allow_via_service(key, "sqs", *WRITE)],
        "purge": [table, allow_via_service(key, "sqs", *DECRYPT)],
    }


def _allow_lists(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    """Allows lists of the two prefixes. ListMultipartUploads has no condition key for the prefix.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """
    prefixes = {"StringLike": {"s3:prefix": [f"{STAGING}*", f"{DOCUMENTS}*"]}}
    return [
        _allow(bucket.bucket_arn, "s3:ListBucketVersions", conditions=prefixes),
        _allow(bucket.bucket_arn, "s3:ListBucketMultipartUploads"),
    ]


def _allow(
    resource: str, *actions: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=[resource], conditions=conditions)


def suppress_prefix_findings(role: iam.Role, statements: Sequence[iam.PolicyStatement]) -> None:
    """Suppresses the findings for resources that end in `/*`. Any other wildcard remains a finding."""
    for resource in [resource for statement in statements for resource in statement.resources]:
        if resource.endswith("/*"):
            name = _nag_resource_name(cdk.Stack.of(role).resolve(resource))
            suppress(role, f"AwsSolutions-IAM5[Resource::{name}]")


def _nag_resource_name(joined: dict[str, list[Any]]) -> str:
    return "".join(
        part if isinstance(part, str) else f"<{'.'.join(part['Fn::GetAtt'])}>"
        for part in joined["Fn::Join"][1]
    )
