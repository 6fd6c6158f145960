"""The composition root of the limits of an owner: usage, downloads of a day, and the rate of calls.

Imports are inside the builders, because a deployment without these limits needs them for `GET /usage` alone.
"""

from functools import cache
from typing import TYPE_CHECKING

from functions import clients
from functions.wiring import limits, settings

if TYPE_CHECKING:
    from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage
    from functions.services.usage import UsageService


@cache
def usage_service() -> "UsageService":
    from functions.services.usage import UsageService

    return UsageService(repository=_owner_usage(), limits=limits())


@cache
def _owner_usage() -> "DynamoDBOwnerUsage":
    from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage

    return DynamoDBOwnerUsage(clients.dynamodb(), settings().table)
