"""Processing of an SQS batch of one webhook endpoint. Each message succeeds or fails on its own.

- A message that comes before its time is hidden until then, because SQS can wait for no more than 12 hours at once.
- After a failed attempt the message is sent anew, with the number of attempts and the time of the next one, and then
  deleted. So every wait begins with a message whose retention is whole, and no count of SQS has to be right. If the
  invocation ends between the two, the endpoint gets a copy with the same id.
- A fault of AWS is no attempt.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from functions.domain.errors import Unavailable
from functions.domain.webhooks import (
    Attempt,
    AttemptOutcome,
    DeliveryQueue,
    NotAnEventError,
    PendingDelivery,
    find_delay,
)
from functions.log import logger

NOT_AN_EVENT = "not_an_event"
"""Reason of a dead letter that no later attempt can deliver."""

FAULT_DELAY = 60
"""Seconds until a message comes again after a fault of AWS."""


class Fate(StrEnum):
    """The end of a message in its batch, for the log."""

    DELIVERED = "delivered"
    GONE = "gone"
    FAILED = "failed"
    """Another attempt follows."""
    BURIED = "buried"
    """The last attempt has failed, or the message is no event. It is in the dead letters."""
    WAITING = "waiting"
    """The message came before its time, or the invocation had none left. It returns to the queue."""
    FAULT = "fault"
    """AWS had a fault. The message comes again without having used an attempt."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The fate of one message, and the attempt that was made, if any."""

    delivery: PendingDelivery
    fate: Fate
    attempt: Attempt | None = None

    def to_log(self) -> dict[str, Any]:
        """Returns the fields of the log. They name the event, and never the URL of the endpoint or of a download."""
        made = self.attempt
        more = {"webhook_id": made.webhook_id, "reason": made.reason} if made else {}
        return {"fate": self.fate, "attempt": self.delivery.attempts + 1, **more}


@dataclass(frozen=True, slots=True)
class DeliveryConfig:
    """The functions that process the queue of one endpoint. `clock` returns epoch seconds.

    `attempt` takes the body of a message. It raises NotAnEventError, and Unavailable.
    """

    endpoint: str
    attempt: Callable[[str], Attempt]
    queue: DeliveryQueue
    clock: Callable[[], float]
    has_time: Callable[[], bool]


def process_deliveries(event: dict[str, Any], config: DeliveryConfig) -> dict[str, Any]:
    """Processes the messages concurrently. Returns those that return to the queue as `batchItemFailures`."""
    deliveries = [_parse_delivery(record) for record in event["Records"]]
    with ThreadPoolExecutor(max(1, len(deliveries))) as pool:
        results = list(pool.map(lambda delivery: _process(delivery, config), deliveries))
    _log_batch(config, results)
    kept = [each.delivery.id for each in results if each.fate is Fate.WAITING]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in kept]}


def _parse_delivery(record: dict[str, Any]) -> PendingDelivery:
    """A message that EventBridge has sent has no attributes, and is due at once."""
    own = record.get("messageAttributes", {})
    return PendingDelivery(
        id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        attempts=int(own.get("attempts", {}).get("stringValue", 0)),
        due_at=int(own.get("dueAt", {}).get("stringValue", 0)) / 1000,
    )


def _process(delivery: PendingDelivery, config: DeliveryConfig) -> _Result:
    wait = delivery.due_at - config.clock()
    if wait > 0 or not config.has_time():
        config.queue.hide(delivery, max(wait, 0))
        return _Result(delivery, Fate.WAITING)
    attempt = _try(delivery, config)
    try:
        return _Result(delivery, _settle(delivery, attempt, config), attempt)
    except Unavailable:
        config.queue.hide(delivery, FAULT_DELAY)
        return _Result(delivery, Fate.WAITING, attempt)


def _try(delivery: PendingDelivery, config: DeliveryConfig) -> Attempt | None:
    """Makes one attempt. Returns None after a fault of AWS."""
    try:
        return config.attempt(delivery.body)
    except NotAnEventError:
        return Attempt(AttemptOutcome.FAILED, NOT_AN_EVENT)
    except Unavailable as error:
        logger.warning("fault", message_id=delivery.id, code=error.code, detail=error.detail)
        return None
    except Exception:
        # A mistake in the code or in the value of the secret follows the schedule too, and then goes to the dead letters.
        logger.exception("message_failed", message_id=delivery.id)
        return Attempt(AttemptOutcome.FAILED, "error")


def _settle(delivery: PendingDelivery, attempt: Attempt | None, config: DeliveryConfig) -> Fate:
    """Raises Unavailable if the message could not be sent anew or buried."""
    if attempt is None:
        again = replace(delivery, due_at=config.clock() + FAULT_DELAY)
        config.queue.send_anew(again, FAULT_DELAY)
        return Fate.FAULT
    if attempt.outcome is not AttemptOutcome.FAILED:
        return Fate(attempt.outcome)
    failed = replace(delivery, attempts=delivery.attempts + 1)
    delay = find_delay(failed.attempts, attempt.retry_after)
    if delay is None or attempt.reason == NOT_AN_EVENT:
        config.queue.bury(failed, attempt.reason)
        return Fate.BURIED
    seconds = delay.total_seconds()
    config.queue.send_anew(replace(failed, due_at=config.clock() + seconds), seconds)
    return Fate.FAILED


def _log_batch(config: DeliveryConfig, results: Sequence[_Result]) -> None:
    """Logs one line."""
    fates = dict(Counter(each.fate for each in results))
    logger.info(
        "webhooks", endpoint=config.endpoint, outcomes=fates, messages=[each.to_log() for each in results]
    )
