"""Permissions of the functions of push, beside those in permissions.py. No document is among them."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from infra.encryption import DECRYPT, allow_via_service


def ticket_statements(table: dynamodb.Table, key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `tickets`: it writes tickets, and counts the connections of an owner."""
    return _allow_push_items(table, key, "dynamodb:PutItem", "dynamodb:Query")


def socket_statements(table: dynamodb.Table, key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `sockets`: it takes tickets, and writes and removes connections."""
    return _allow_push_items(table, key, "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query")


def push_statements(
    table: dynamodb.Table, queue: sqs.IQueue, connections: str, key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `push`: it sends to connections of one API, and removes those that are gone.

    `connections` is the ARN of the connections of the API's stage.
    """
    receive = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    statements = [
        *_allow_push_items(table, key, "dynamodb:Query", "dynamodb:DeleteItem"),
        iam.PolicyStatement(actions=list(receive), resources=[queue.queue_arn]),
        iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=[connections]),
    ]
    return [*statements, allow_via_service(key, "sqs", *DECRYPT)] if key else statements


def _allow_push_items(
    table: dynamodb.Table, key: kms.IKey | None, *actions: str
) -> list[iam.PolicyStatement]:
    """Allows actions on tickets and connections alone.

    A request without a partition key would pass `ForAllValues`, so the key must not be missing.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    conditions = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["PUSH#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    statement = iam.PolicyStatement(actions=list(actions), resources=[table.table_arn], conditions=conditions)
    return [statement, allow_via_service(key, "dynamodb", *DECRYPT)] if key else [statement]
