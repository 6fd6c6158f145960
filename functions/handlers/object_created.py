"""S3's events, through SQS: what arrived in staging is inspected and promoted. Nothing on the internet reaches it."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.core.promotion import Outcome
from functions.handlers import s3_events, started
from functions.handlers.log import logger

_ENOUGH = 120_000
"""Milliseconds that must be left to begin another object: a 5 GiB copy takes more than a minute."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Messages that failed, or for which no time was left, are reported and come again; the others are done."""
    counts: Counter[str] = Counter()
    failures = []
    for message in event["Records"]:
        if not _handled(message, context, counts):
            failures.append({"itemIdentifier": message["messageId"]})
    logger.info("batch", messages=len(event["Records"]), failures=len(failures), outcomes=dict(counts))
    return {"batchItemFailures": failures}


def _handled(message: dict[str, Any], context: LambdaContext, counts: Counter[str]) -> bool:
    if context.get_remaining_time_in_millis() < _ENOUGH:
        counts["no_time"] += 1
        return False
    try:
        outcomes = [_promote(created) for created in s3_events.parse(message["body"])]
    except Exception:
        # Whatever it was, it concerns this message; the rest of the batch goes on.
        logger.exception("message_failed", message_id=message["messageId"])
        counts["error"] += 1
        return False
    counts.update(outcomes or ["event_ignored"])
    return Outcome.LEASED not in outcomes


def _promote(created: s3_events.ObjectCreated) -> str:
    if created.bucket != wiring.settings().bucket:
        return Outcome.EVENT_FOREIGN
    if created.version is None:
        logger.error("event_unversioned")
        return "event_unversioned"
    return wiring.promotion().object_created(created.key, created.version)


started()
