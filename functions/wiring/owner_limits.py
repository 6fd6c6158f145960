"""The composition root of the limits of an owner: usage, downloads of a day, and the rate of calls.

Imports are inside the builders, because a deployment without these limits needs them for `GET /usage` alone.
"""

from functools import cache
from typing import TYPE_CHECKING

from functions import wiring
from functions.log import logger
from functions.wiring import clients, limits, settings

if TYPE_CHECKING:
    from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage
    from functions.domain.owner_usage import DownloadQuota
    from functions.services.calls import CallMeter
    from functions.services.usage import UsageService


@cache
def usage_service() -> "UsageService":
    from functions.services.usage import UsageService

    return UsageService(repository=_owner_usage(), limits=limits())


@cache
def download_quota() -> "DownloadQuota | None":
    """Returns None for a deployment without a limit of downloads."""
    limit = limits().daily_download_bytes
    if limit is None:
        return None
    from functions.domain.owner_usage import DownloadQuota

    return DownloadQuota(_owner_usage(), limit)


@cache
def call_meter() -> "CallMeter | None":
    """Returns None for a deployment without a rate of calls."""
    rate = limits().calls
    if rate is None:
        return None
    from functions.services.calls import CallMeter

    def log(reason: str) -> None:
        logger.error("calls_not_counted", reason=reason)

    return CallMeter(repository=_owner_usage(), rate=rate, clock=lambda: wiring.now(), log=log)


@cache
def _owner_usage() -> "DynamoDBOwnerUsage":
    from functions.adapters.dynamodb.owner_usage import DynamoDBOwnerUsage

    return DynamoDBOwnerUsage(clients.dynamodb(), settings().table)
