"""Processing of an SQS batch. Each message succeeds or fails on its own.

A message whose document is leased, or that met a fault, is sent anew with a delay and then deleted, so that an outage uses
up no deliveries. So is one for which no time is left, without a delay. If it is sent but not deleted, it comes twice, as any
message of SQS may. A message that fails without a known cause returns to the queue, and after five deliveries it goes to the
dead letters. Every message carries the time when it was first seen.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from functions.domain.errors import Unavailable
from functions.domain.queues import Message, MessageQueue
from functions.log import logger

MAX_DELIVERIES = 5
"""Deliveries of a message that fails without a known cause, before it goes to the dead letters."""

_MIN_DELAY, _MAX_DELAY = 5, 900
"""Seconds until a message comes again. The delay doubles each time. SQS delays a message by at most 15 minutes.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

_LEASED = "leased"
"""Outcome of a message whose document another invocation is processing."""


@dataclass(frozen=True, slots=True)
class BatchConfig:
    """The functions that process one queue.

    `handler` processes the body of a message and returns one outcome for each item in it. It raises Unavailable for a fault.
    Messages with the same `group_key` are processed in order, all others concurrently. A message is sent anew unprocessed
    unless `has_time`. A message with an outcome of `again_at_once` is sent anew without a delay. One that `is_repeated` and
    meets a fault is dropped, because its sender sends it again; otherwise its copies would multiply in an outage. Nobody sends
    a message again while its document is leased. `document_id` returns the id for the log, if the body has one.
    """

    handler: Callable[[str], Sequence[str]]
    group_key: Callable[[str], str]
    has_time: Callable[[], bool]
    queue: MessageQueue
    again_at_once: Set[str] = frozenset()
    is_repeated: Callable[[str], bool] = lambda _body: False
    clock: Callable[[], float] = time.time
    document_id: Callable[[str], str | None] = lambda _body: None


class _Fate(Enum):
    """The end of a message in its batch."""

    DONE = auto()
    SENT_ANEW = auto()
    SENT_ANEW_AT_ONCE = auto()
    DROPPED = auto()
    RETURNED = auto()
    BURIED = auto()


@dataclass(frozen=True, slots=True)
class _Result:
    message: Message
    fate: _Fate
    outcomes: Sequence[str]


def process_batch(event: dict[str, Any], config: BatchConfig) -> dict[str, Any]:
    """Processes all messages of a batch and returns those that return to the queue as `batchItemFailures`."""
    messages = parse_messages(event)
    groups = _group_messages(messages, config)
    with ThreadPoolExecutor(max(1, len(groups))) as pool:
        results = [
            result
            for group_results in pool.map(lambda group: _process_group(group, config), groups)
            for result in group_results
        ]
    returned = [result.message for result in results if not _settle(result, config.queue)]
    _log_batch(results, returned, config.clock())
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in returned]}


def queue_name(event: dict[str, Any]) -> str:
    """Returns the name of the queue that a batch comes from. A batch comes from one queue."""
    arn: str = event["Records"][0]["eventSourceARN"]
    return arn.rpartition(":")[2]


def parse_messages(event: dict[str, Any]) -> list[Message]:
    """Returns the messages of a batch."""
    return [_parse_message(record) for record in event["Records"]]


def _parse_message(record: dict[str, Any]) -> Message:
    """A message that was never sent anew was first seen when it was sent."""
    attributes, own = record.get("attributes", {}), record.get("messageAttributes", {})
    first_seen = own.get("firstSeen", {}).get("stringValue") or attributes.get("SentTimestamp", "0")
    return Message(
        id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        deliveries=int(attributes.get("ApproximateReceiveCount", 1)),
        first_seen=int(first_seen) / 1000,
        times_sent=int(own.get("timesSent", {}).get("stringValue", 1)),
    )


def _group_messages(messages: Sequence[Message], config: BatchConfig) -> list[list[Message]]:
    groups: dict[str, list[Message]] = {}
    for message in messages:
        groups.setdefault(config.group_key(message.body), []).append(message)
    return list(groups.values())


def _process_group(messages: Sequence[Message], config: BatchConfig) -> list[_Result]:
    return [_process_message(message, config) for message in messages]


def _process_message(message: Message, config: BatchConfig) -> _Result:
    if not config.has_time():
        return _Result(message, _Fate.SENT_ANEW_AT_ONCE, ["no_time"])
    try:
        outcomes = config.handler(message.body) or ["event_ignored"]
    except Unavailable as error:
        logger.warning("fault", **_names(message, config), code=error.code, detail=error.detail)
        is_repeated = config.is_repeated(message.body)
        return _Result(message, _Fate.DROPPED if is_repeated else _Fate.SENT_ANEW, ["unavailable"])
    except Exception:
        # Any exception fails this message only, never the rest of the batch.
        logger.exception("message_failed", **_names(message, config))
        is_last = message.deliveries >= MAX_DELIVERIES
        return _Result(message, _Fate.BURIED if is_last else _Fate.RETURNED, ["error"])
    if _LEASED in outcomes:
        return _Result(message, _Fate.SENT_ANEW, outcomes)
    is_paused = not config.again_at_once.isdisjoint(outcomes)
    return _Result(message, _Fate.SENT_ANEW_AT_ONCE if is_paused else _Fate.DONE, outcomes)


def _names(message: Message, config: BatchConfig) -> dict[str, Any]:
    """Returns the fields that name a message in the log, and its document. A line about the document has the same field."""
    document_id = config.document_id(message.body)
    return {"message_id": message.id, **({"document_id": document_id} if document_id else {})}


def _settle(result: _Result, queue: MessageQueue) -> bool:
    """Carries out the fate. Returns False for a message that returns to the queue, also if it cannot be sent anew."""
    message = result.message
    try:
        match result.fate:
            case _Fate.SENT_ANEW:
                queue.send_anew(message, _delay(message.times_sent))
            case _Fate.SENT_ANEW_AT_ONCE:
                queue.send_anew(message, 0)
            case _Fate.BURIED:
                queue.bury(message)
            case _Fate.RETURNED:
                queue.hide(message, _delay(message.deliveries))
                return False
    except Unavailable:
        return False
    return True


def _delay(times: int) -> int:
    return int(min(_MIN_DELAY * 2 ** (times - 1), _MAX_DELAY))


def _log_batch(results: Sequence[_Result], returned: Sequence[Message], now: float) -> None:
    """Logs one line. `oldest_seconds` is the time since the oldest unfinished message was first seen; an alarm reads it."""
    counts = Counter(outcome for result in results for outcome in result.outcomes)
    unfinished = [result.message for result in results if result.fate is not _Fate.DONE]
    oldest = max((now - message.first_seen for message in unfinished), default=0)
    logger.info(
        "batch",
        messages=len(results),
        failures=len(returned),
        outcomes=dict(counts),
        oldest_seconds=round(max(0, oldest)),
    )
