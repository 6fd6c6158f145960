"""Blocks of owners, in their item USAGE.

IAM action: dynamodb:UpdateItem.
"""

from datetime import datetime

from functions.adapters.dynamodb import usage
from functions.adapters.dynamodb.table import DynamoDB, Table


class DynamoDBOwnerBlocks:
    """Implements `functions.domain.suspicion.OwnerBlocks`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._table = Table(dynamodb, table)

    def block(self, owner: str, reason: str, now: datetime) -> None:
        self._table.write("UpdateItem", usage.block(self._table.name, owner, reason, now))
