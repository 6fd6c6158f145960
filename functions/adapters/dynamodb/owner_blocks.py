"""Blocks of owners, in their item USAGE.

IAM action: dynamodb:UpdateItem.
"""

from datetime import datetime

from functions.adapters.dynamodb import usage
from functions.adapters.dynamodb.documents import DynamoDB
from functions.adapters.dynamodb.unavailable import translate_errors


class DynamoDBOwnerBlocks:
    """Implements `functions.domain.suspicion.OwnerBlocks`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def block(self, owner: str, reason: str, now: datetime) -> None:
        with translate_errors():
            self._dynamodb("UpdateItem", **usage.block(self._table, owner, reason, now))
