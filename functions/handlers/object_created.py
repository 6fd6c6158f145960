"""S3's events, through SQS: what arrived in staging is inspected and promoted. Nothing on the internet reaches it."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.core.promotion import Outcome
from functions.handlers import s3_events, started
from functions.handlers.log import logger

_ENOUGH = 120_000
"""Milliseconds that must be left to begin another object: a CopyObject of 5 GiB takes more than a minute."""

_LAST_MINUTE = 60_000
"""Milliseconds; a long copy begins no part after that, and what it has begun ends in time."""

_FIRST_RETRY, _LAST_RETRY = 5, 900
"""Seconds; doubled each time a message comes again."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Messages that failed, or for which no time was left, are reported and come again; the others are done."""
    counts: Counter[str] = Counter()
    failures = []
    for message in event["Records"]:
        if not _handled(message, context, counts):
            wiring.arrivals().retry_in(message["receiptHandle"], _backoff(message))
            failures.append({"itemIdentifier": message["messageId"]})
    logger.info("batch", messages=len(event["Records"]), failures=len(failures), outcomes=dict(counts))
    return {"batchItemFailures": failures}


def _handled(message: dict[str, Any], context: LambdaContext, counts: Counter[str]) -> bool:
    if context.get_remaining_time_in_millis() < _ENOUGH:
        counts["no_time"] += 1
        return False
    try:
        outcomes = [_promote(created, context) for created in s3_events.parse(message["body"])]
    except Exception:
        # Whatever it was, it concerns this message; the rest of the batch goes on.
        logger.exception("message_failed", message_id=message["messageId"])
        counts["error"] += 1
        return False
    counts.update(outcomes or ["event_ignored"])
    return Outcome.LEASED not in outcomes


def _promote(created: s3_events.ObjectCreated, context: LambdaContext) -> str:
    if created.bucket != wiring.settings().bucket:
        return Outcome.EVENT_FOREIGN
    if created.version is None:
        logger.error("event_unversioned")
        return "event_unversioned"
    outcome = wiring.promotion().object_created(
        created.key, created.version, lambda: context.get_remaining_time_in_millis() < _LAST_MINUTE
    )
    if outcome is Outcome.PAUSED:
        wiring.arrivals().announce(created.key, created.version)
    return outcome


def _backoff(message: dict[str, Any]) -> int:
    received = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_FIRST_RETRY * 2 ** (received - 1), _LAST_RETRY))


started()
