"""A batch of messages from a queue: each stands for itself, and only what another try can mend comes again."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from functions.handlers.log import logger

_FIRST_RETRY, _LAST_RETRY = 5, 900
"""Seconds; doubled each time a message comes again."""

Work = Callable[[str], Sequence[str]]
"""From a message's body to what became of it, one outcome a thing in it; raises when another try may do better."""

COME_AGAIN = "leased"
"""The outcome that says so without an error: somebody else is at work on it."""


def work_off(
    event: dict[str, Any],
    work: Work,
    *,
    in_time: Callable[[], bool],
    retry_in: Callable[[str, int], None],
) -> dict[str, Any]:
    """Messages that failed, or for which there is no time, are reported and come again; the others are done."""
    counts: Counter[str] = Counter()
    failures = []
    for message in event["Records"]:
        if not _handled(message, work, in_time, counts):
            retry_in(message["receiptHandle"], _backoff(message))
            failures.append({"itemIdentifier": message["messageId"]})
    logger.info("batch", messages=len(event["Records"]), failures=len(failures), outcomes=dict(counts))
    return {"batchItemFailures": failures}


def _handled(message: dict[str, Any], work: Work, in_time: Callable[[], bool], counts: Counter[str]) -> bool:
    if not in_time():
        counts["no_time"] += 1
        return False
    try:
        outcomes = work(message["body"])
    except Exception:
        # Whatever it was, it concerns this message; the rest of the batch goes on.
        logger.exception("message_failed", message_id=message["messageId"])
        counts["error"] += 1
        return False
    counts.update(outcomes or ["event_ignored"])
    return COME_AGAIN not in outcomes


def _backoff(message: dict[str, Any]) -> int:
    received = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_FIRST_RETRY * 2 ** (received - 1), _LAST_RETRY))
