"""What each function may do: every action by its name, on one page.

A presigned URL carries the rights of the role that signed it, so a right more here is a right more for every client.
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
from infra.encryption import DECRYPT, WRITE, through
from infra.nag import suppress

_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def permissions(
    *, bucket: s3.Bucket, table: dynamodb.Table, object_created_queue: sqs.Queue, purge_queue: sqs.Queue
) -> dict[str, list[iam.PolicyStatement]]:
    """Function name -> statements. A transaction needs the rights of the single writes that it holds."""
    staging, documents = bucket.arn_for_objects(f"{STAGING}*"), bucket.arn_for_objects(f"{DOCUMENTS}*")
    return {
        "uploads": [
            _allow(staging, "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        ],
        "documents": [
            _allow(documents, "s3:GetObjectVersion"),
            # Writing is for delete and restore.
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
        ],
        "pipeline": [
            # Always of one version, and S3 then asks for no more than this. Not DeleteObject: on a versioned bucket it
            # only hides the object under a marker, and then a URL that is still alive may write the key again.
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            _allow(staging, "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
            # Reading is the HEAD of what was promoted, before the record says so; listing is for a copy in parts.
            _allow(
                documents,
                "s3:PutObject",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:ListMultipartUploadParts",
            ),
            # Without it S3 answers 403, not 404, for an object that is gone. Bound to a prefix it may not count:
            # that answer is about a GET, which has no `s3:prefix`.
            _allow(bucket.bucket_arn, "s3:ListBucket"),
            _allow(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
            _allow(object_created_queue.queue_arn, *_READ_QUEUE),
            # To say when a failed message comes back, and to go on with a copy in another invocation.
            _allow(object_created_queue.queue_arn, "sqs:ChangeMessageVisibility", "sqs:SendMessage"),
        ],
        "sweeps": [
            *_list(bucket),
            _allow(
                staging, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"
            ),
            # The index names owners, whose documents are then looked through.
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
            *_list(bucket),
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
    """Function name -> what it needs besides where a key of our own encrypts. Listing and deleting need no key.

    DynamoDB decrypts the table's own key for each caller.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    table = through(key, "dynamodb", *DECRYPT)
    return {
        "uploads": [table, through(key, "s3", *WRITE)],
        "documents": [table, through(key, "s3", *DECRYPT)],
        "pipeline": [table, through(key, "s3", *WRITE), through(key, "sqs", *WRITE)],
        "sweeps": [table, through(key, "sqs", *WRITE)],
        "purge": [table, through(key, "sqs", *DECRYPT)],
    }


def _list(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    """Bound to the prefix of the listing; a listing of uploads has no such condition key."""
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
    """Tells cdk-nag that a prefix ends in `*` on purpose; any other wildcard stays a finding."""
    for resource in [resource for statement in statements for resource in statement.resources]:
        if resource.endswith("/*"):
            name = _as_nag_writes_it(cdk.Stack.of(role).resolve(resource))
            suppress(role, f"AwsSolutions-IAM5[Resource::{name}]")


def _as_nag_writes_it(joined: dict[str, list[Any]]) -> str:
    return "".join(
        part if isinstance(part, str) else f"<{'.'.join(part['Fn::GetAtt'])}>"
        for part in joined["Fn::Join"][1]
    )
