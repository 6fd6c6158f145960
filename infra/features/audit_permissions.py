"""Permissions around the audit trail: of its writer, of the functions that send to it, and the policy of its bucket."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.encryption import DECRYPT, WRITE, allow_via_service
from infra.queue_with_dead_letters import QueueWithDeadLetters

PREFIX = "trail/"
"""Prefix of all objects of the trail, that of functions/domain/audit_trail.py."""
_PARTITION = "AUDIT"
"""Partition of the heads of the chains, that of functions/adapters/dynamodb/chain_heads.py."""


def writer_statements(
    bucket: s3.Bucket, table: dynamodb.Table, queues: Sequence[QueueWithDeadLetters], key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `audit`: it adds objects, and of the table it knows only the heads.

    GetObject and ListBucket are for an object of another writer, behind which it continues.
    """
    heads = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [_PARTITION]}}
    statements = [
        _allow([bucket.arn_for_objects(f"{PREFIX}*")], "s3:PutObject", "s3:GetObject"),
        _allow([bucket.bucket_arn], "s3:ListBucket"),
        iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:PutItem"], resources=[table.table_arn], conditions=heads
        ),
        _allow(
            [each.queue.queue_arn for each in queues],
            *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        ),
        _allow([each.dead_letters.queue_arn for each in queues], "sqs:SendMessage"),
    ]
    if key is None:
        return statements
    return [
        *statements,
        allow_via_service(key, "s3", *WRITE),
        allow_via_service(key, "sqs", *WRITE),
        allow_via_service(key, "dynamodb", *DECRYPT),
    ]


def sender_statements(queue: sqs.Queue, key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Returns the permissions that a function of the API needs to send records of requests."""
    statements = [_allow([queue.queue_arn], "sqs:SendMessage")]
    return [*statements, allow_via_service(key, "sqs", *WRITE)] if key else statements


def bucket_statements(bucket: s3.Bucket, writer: iam.IRole) -> list[iam.PolicyStatement]:
    """Returns what nobody may do to the trail, whatever a policy of a role or a user allows.

    The lock keeps versions. These statements also keep delete markers, second versions and foreign objects away. The lifecycle
    rule is not subject to them.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    objects = bucket.arn_for_objects("*")
    return [
        _deny(
            "NobodyDeletesOrUnlocks",
            [objects],
            *("s3:DeleteObject", "s3:DeleteObjectVersion"),
            *("s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention"),
        ),
        _deny(
            "OnlyTheWriterWrites",
            [objects],
            "s3:PutObject",
            conditions={"StringNotEquals": {"aws:PrincipalArn": writer.role_arn}},
        ),
        _deny(
            "NobodyOverwrites", [objects], "s3:PutObject", conditions={"Null": {"s3:if-none-match": "true"}}
        ),
    ]


def _allow(resources: list[str], *actions: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=resources)


def _deny(
    sid: str, resources: list[str], *actions: str, conditions: dict[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=resources,
        conditions=conditions,
    )
