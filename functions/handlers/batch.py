"""A batch of messages from a queue: each stands for itself, and only what another try can mend comes again."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from functions.handlers.log import logger

Message = dict[str, Any]

_FIRST_RETRY, _LAST_RETRY = 5, 900
"""Seconds; doubled each time a message comes again."""

_COME_AGAIN = "leased"
"""The outcome that says so without an error: somebody else is at work on it."""


@dataclass(frozen=True, slots=True)
class Work:
    """`do` takes a message's body and says what became of each thing in it; it raises when another try may do better.

    Messages of one `lane` follow each other, others go side by side. None begins unless `in_time`. `retry_in` shows a
    message (its receipt handle) again after some seconds.
    """

    do: Callable[[str], Sequence[str]]
    lane: Callable[[str], str]
    in_time: Callable[[], bool]
    retry_in: Callable[[str, int], None]


def work_off(event: dict[str, Any], work: Work) -> dict[str, Any]:
    """Messages that failed, or for which no time was left, are reported and come again; the others are done."""
    messages = event["Records"]
    lanes = _lanes(messages, work)
    with ThreadPoolExecutor(max(1, len(lanes))) as pool:
        results = [result for lane in pool.map(lambda lane: _in_turn(lane, work), lanes) for result in lane]
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


def _lanes(messages: Sequence[Message], work: Work) -> list[list[Message]]:
    lanes: dict[str, list[Message]] = {}
    for message in messages:
        lanes.setdefault(work.lane(message["body"]), []).append(message)
    return list(lanes.values())


def _in_turn(messages: Sequence[Message], work: Work) -> list[_Result]:
    return [_handled(message, work) for message in messages]


def _handled(message: Message, work: Work) -> _Result:
    if not work.in_time():
        return _Result(message, False, ["no_time"])
    try:
        outcomes = work.do(message["body"])
    except Exception:
        # Whatever it was, it concerns this message; the rest of the batch goes on.
        logger.exception("message_failed", message_id=message["messageId"])
        return _Result(message, False, ["error"])
    return _Result(message, _COME_AGAIN not in outcomes, outcomes or ["event_ignored"])


def _backoff(message: Message) -> int:
    received = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
    return int(min(_FIRST_RETRY * 2 ** (received - 1), _LAST_RETRY))
