"""The composition root of the function `block_owner`."""

from functools import cache

from functions.adapters.dynamodb.owner_blocks import DynamoDBOwnerBlocks
from functions.wiring import clients, settings


@cache
def owner_blocks() -> DynamoDBOwnerBlocks:
    return DynamoDBOwnerBlocks(clients.dynamodb(), settings().table)
