"""The audit trail: its way in from the functions of the API, and its writer."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.log import logger
from functions.wiring import clients, now, settings

if TYPE_CHECKING:
    from functions.adapters.sqs import SQSAuditLog
    from functions.domain.audit_trail import Chain, Head
    from functions.features.audit.writer import TrailWriter


@cache
def audit_log() -> "SQSAuditLog | None":
    """Returns the way of records into the trail, None for a deployment without one, which does not import boto3 for it."""
    if not settings().audit:
        return None
    from functions.adapters.sqs import SQSAuditLog

    chosen = _read_settings()
    return SQSAuditLog(clients.sqs_of_requests(), chosen["queue"], records_reads=chosen["reads"])


@cache
def trail_writer() -> "TrailWriter":
    from functions.adapters.dynamodb.chain_heads import DynamoDBChainHeads
    from functions.adapters.s3.trail import S3Blocks
    from functions.features.audit.writer import TrailWriter

    chosen = _read_settings()
    return TrailWriter(
        store=S3Blocks(clients.s3_control(), chosen["bucket"]),
        heads=DynamoDBChainHeads(clients.dynamodb(), settings().table),
        retention_days=chosen["days"],
        clock=now,
        report=_log_head,
    )


def find_chain(queue: str) -> "Chain":
    """Returns the chain whose records come from the queue with this name. Raises KeyError."""
    from functions.domain.audit_trail import Chain

    names = {url.rpartition("/")[2]: chain for chain, url in _read_settings()["chains"].items()}
    return Chain(names[queue])


def _log_head(chain: "Chain", head: "Head") -> None:
    logger.info("audit_head", chain=chain.value, sequence=head.sequence, sha256=head.sha256)


def _read_settings() -> dict[str, Any]:
    chosen: dict[str, Any] = json.loads(settings().audit)
    return chosen
