"""The permissions of the functions that publish events or subscribe to them."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from functions.domain.keys import DOCUMENTS, RENDITIONS
from infra.encryption import DECRYPT, WRITE, allow_via_service
from infra.queue_with_dead_letters import QueueWithDeadLetters
from infra.statements import allow, allow_batches


def publish_statements(
    stream: str, bus: events.IEventBus, failures: s3.Bucket, key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `publish`. Lambda reads the stream and writes failures with its role.

    `stream` is the ARN of the table's stream. It writes no other bucket, and reads no item of the table. ListStreams has no
    resource type. An encrypted bus needs no right of the caller, because EventBridge uses the key itself (events.py).
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    statements = [
        allow(stream, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        allow("*", "dynamodb:ListStreams"),
        allow(bus.event_bus_arn, "events:PutEvents"),
        allow(failures.arn_for_objects("*"), "s3:PutObject"),
        allow(failures.bucket_arn, "s3:ListBucket"),
    ]
    if key is None:
        return statements
    return [*statements, allow_via_service(key, "dynamodb", *DECRYPT), allow_via_service(key, "s3", *WRITE)]


def block_owner_statements(table: dynamodb.Table, key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `block_owner`. IAM cannot name one item of each owner."""
    statements = [allow(table.table_arn, "dynamodb:UpdateItem")]
    return [*statements, allow_via_service(key, "dynamodb", *DECRYPT)] if key else statements


def webhook_statements(
    bucket: s3.Bucket,
    table: dynamodb.Table,
    deliveries: QueueWithDeadLetters,
    secret: str,
    key: kms.IKey | None,
    *,
    signs_downloads: bool,
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function of one webhook endpoint. `secret` is the ARN of the secret of this endpoint.

    The function reads the record to sign no URL of a deleted document. URLs that it signs read what `documents` may sign.
    Without `signs_downloads`, CloudFront alone delivers, and the function has no right to any object.
    """
    readable = [bucket.arn_for_objects(f"{prefix}*") for prefix in (DOCUMENTS, RENDITIONS)]
    services = (*(("s3",) if signs_downloads else ()), "dynamodb", "secretsmanager")
    return [
        *([allow(readable, "s3:GetObjectVersion")] if signs_downloads else []),
        allow(table.table_arn, "dynamodb:GetItem"),
        allow(secret, "secretsmanager:GetSecretValue"),
        *allow_batches(deliveries),
        *([allow_via_service(key, "sqs", *WRITE)] if key else []),
        *(allow_via_service(key, service, *DECRYPT) for service in services if key),
    ]
