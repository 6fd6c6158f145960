"""The composition root of the function `block_owner`."""

from functools import cache

from functions import clients
from functions.adapters.dynamodb.owner_blocks import DynamoDBOwnerBlocks
from functions.wiring import settings


@cache
def owner_blocks() -> DynamoDBOwnerBlocks:
    return DynamoDBOwnerBlocks(clients.dynamodb(), settings().table)
