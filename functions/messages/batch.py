"""Processing of an SQS batch. Each message succeeds or fails on its own; only failed messages go back to the queue."""

from collections import Counter
from collections.abc import Callable, Sequence, Set
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
    A message with an outcome of `again_at_once` is not done, and visible again without a delay.
    """

    handler: Callable[[str], Sequence[str]]
    group_key: Callable[[str], str]
    has_time: Callable[[], bool]
    retry_in: Callable[[str, int], None]
    again_at_once: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Result:
    """The result of one message. SQS delivers the message again unless `is_done`."""

    message: Message
    is_done: bool
    outcomes: Sequence[str]
    is_paused: bool = False


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
    failed = [result for result in results if not result.is_done]
    for result in failed:
        config.retry_in(
            result.message["receiptHandle"], 0 if result.is_paused else _retry_delay(result.message)
        )
    logger.info("batch", messages=len(messages), failures=len(failed), outcomes=dict(counts))
    return {"batchItemFailures": [{"itemIdentifier": result.message["messageId"]} for result in failed]}


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
    is_paused = not config.again_at_once.isdisjoint(outcomes)
    is_done = _RETRY_OUTCOME not in outcomes and not is_paused
    return _Result(message, is_done, outcomes or ["event_ignored"], is_paused)


def _retry_delay(message: Message) -> int:
    deliveries = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_MIN_RETRY_DELAY * 2 ** (deliveries - 1), _MAX_RETRY_DELAY))
