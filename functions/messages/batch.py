"""Processing of an SQS batch. Each message succeeds or fails on its own; only failed messages go back to the queue."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from functions.log import logger

Message = dict[str, Any]

_MIN_RETRY_DELAY, _MAX_RETRY_DELAY = 5, 900
"""Seconds until a failed message is visible again. The delay doubles with each delivery, from minimum to maximum."""

_RETRY_OUTCOME = "leased"
"""Outcome of a message that fails without an error, because another invocation processes the same document."""


@dataclass(frozen=True, slots=True)
class BatchConfig:
    """The functions that process one queue.

    `handler` processes the body of a message and returns one outcome for each item in it. It raises if a retry may
    succeed. Messages with the same `group_key` are processed in order, all others concurrently. A message is left
    unprocessed unless `has_time`. `retry_in` makes a message, named by its receipt handle, visible after some seconds.
    """

    handler: Callable[[str], Sequence[str]]
    group_key: Callable[[str], str]
    has_time: Callable[[], bool]
    retry_in: Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Result:
    """The result of one message. SQS delivers the message again unless `is_done`."""

    message: Message
    is_done: bool
    outcomes: Sequence[str]


def process_batch(event: dict[str, Any], config: BatchConfig) -> dict[str, Any]:
    """Processes all messages of a batch and returns the failed and unprocessed ones as `batchItemFailures`."""
    messages = event["Records"]
    groups = _group_messages(messages, config)
    with ThreadPoolExecutor(max(1, len(groups))) as pool:
        results = [
            result
            for group_results in pool.map(lambda group: _process_group(group, config), groups)
            for result in group_results
        ]
    counts = Counter(outcome for result in results for outcome in result.outcomes)
    failed = [result.message for result in results if not result.is_done]
    for message in failed:
        config.retry_in(message["receiptHandle"], _retry_delay(message))
    logger.info("batch", messages=len(messages), failures=len(failed), outcomes=dict(counts))
    return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}


def _group_messages(messages: Sequence[Message], config: BatchConfig) -> list[list[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(config.group_key(message["body"]), []).append(message)
    return list(groups.values())


def _process_group(messages: Sequence[Message], config: BatchConfig) -> list[_Result]:
    return [_process_message(message, config) for message in messages]


def _process_message(message: Message, config: BatchConfig) -> _Result:
    if not config.has_time():
        return _Result(message, False, ["no_time"])
    try:
        outcomes = config.handler(message["body"])
    except Exception:
        # Any exception fails this message only, never the rest of the batch.
        logger.exception("message_failed", message_id=message["messageId"])
        return _Result(message, False, ["error"])
    return _Result(message, _RETRY_OUTCOME not in outcomes, outcomes or ["event_ignored"])


def _retry_delay(message: Message) -> int:
    deliveries = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_MIN_RETRY_DELAY * 2 ** (deliveries - 1), _MAX_RETRY_DELAY))
