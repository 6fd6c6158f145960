"""Blocks of owners, whose creates the API then refuses with `owner_blocked`."""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from functions.adapters.dynamodb import usage
from operate.aws_calls import error_code, translate_errors
from operate.records import Records


def block(records: Records, owner: str, reason: str) -> None:
    """IAM action: dynamodb:UpdateItem. Raises OperateError."""
    with translate_errors():
        records.client.update_item(**usage.block(records.table, owner, reason, datetime.now(UTC)))


def unblock(records: Records, owner: str) -> bool:
    """Returns False if the owner was not blocked. IAM action: dynamodb:UpdateItem. Raises OperateError."""
    with translate_errors():
        try:
            records.client.update_item(**usage.unblock(records.table, owner))
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
    return True
