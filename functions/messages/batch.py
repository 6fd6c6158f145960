"""A batch of messages from a queue: each stands for itself, and only what another try can mend comes again."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from functions.log import logger

Message = dict[str, Any]

_FIRST_RETRY, _LAST_RETRY = 5, 900
"""Seconds; doubled each time a message comes again."""

_COME_AGAIN = "leased"
"""The outcome that says so without an error: somebody else is at work on it."""


@dataclass(frozen=True, slots=True)
class Work:
    """`handler` takes a message's body and says what became of each thing in it; it raises when another try may do better.

    Messages of one `group_key` follow each other, others go side by side. None begins unless `has_time`. `retry_in` shows a
    message (its receipt handle) again after some seconds.
    """

    handler: Callable[[str], Sequence[str]]
    group_key: Callable[[str], str]
    has_time: Callable[[], bool]
    retry_in: Callable[[str, int], None]


def process_batch(event: dict[str, Any], work: Work) -> dict[str, Any]:
    """Messages that failed, or for which no time was left, are reported and come again; the others are done."""
    messages = event["Records"]
    groups = _group_messages(messages, work)
    with ThreadPoolExecutor(max(1, len(groups))) as pool:
        results = [
            result
            for group_key in pool.map(lambda group_key: _in_turn(group_key, work), groups)
            for result in group_key
        ]
    counts = Counter(outcome for result in results for outcome in result.outcomes)
    failed = [result.message for result in results if not result.done]
    for message in failed:
        work.retry_in(message["receiptHandle"], _backoff(message))
    logger.info("batch", messages=len(messages), failures=len(failed), outcomes=dict(counts))
    return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of one message; unless `done`, it comes again."""

    message: Message
    done: bool
    outcomes: Sequence[str]


def _group_messages(messages: Sequence[Message], work: Work) -> list[list[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(work.group_key(message["body"]), []).append(message)
    return list(groups.values())


def _in_turn(messages: Sequence[Message], work: Work) -> list[_Result]:
    return [_handled(message, work) for message in messages]


def _handled(message: Message, work: Work) -> _Result:
    if not work.has_time():
        return _Result(message, False, ["no_time"])
    try:
        outcomes = work.handler(message["body"])
    except Exception:
        # Whatever it was, it concerns this message; the rest of the batch goes on.
        logger.exception("message_failed", message_id=message["messageId"])
        return _Result(message, False, ["error"])
    return _Result(message, _COME_AGAIN not in outcomes, outcomes or ["event_ignored"])


def _backoff(message: Message) -> int:
    received = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_FIRST_RETRY * 2 ** (received - 1), _LAST_RETRY))
