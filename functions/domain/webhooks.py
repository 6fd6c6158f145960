"""Attempts to deliver an event to a webhook endpoint: their schedule, their outcomes, and the ports that they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

DELAYS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Time after each failed attempt until the next one. The first attempt is made at once, and the eighth is the last."""

MAX_RETRY_AFTER = timedelta(hours=24)
"""Longest Retry-After that is honoured. SQS keeps a message for four days, so no wait may be longer than that."""


class AttemptOutcome(StrEnum):
    """The end of one attempt."""

    DELIVERED = "delivered"
    GONE = "gone"
    """The endpoint has responded with 410: it does not want this event."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of one attempt. `reason` is a status such as `status_500`, or a `SendFailure`.

    `retry_after` is what the endpoint has asked for, None without a request. `webhook_id` names the event.
    """

    outcome: AttemptOutcome
    reason: str
    retry_after: timedelta | None = None
    webhook_id: str | None = None


class NotAnEventError(Exception):
    """A message that no later attempt can deliver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDelivery:
    """One message of the queue of an endpoint. `attempts` counts those that have failed.

    `due_at` is the time of the next attempt in epoch seconds.
    """

    id: str
    receipt_handle: str
    body: str
    attempts: int
    due_at: float


class SendFailure(StrEnum):
    """The reason for which there is no response."""

    NAME_NOT_RESOLVED = "name_not_resolved"
    ADDRESS_NOT_PUBLIC = "address_not_public"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    INVALID_RESPONSE = "invalid_response"
    """The endpoint has closed the connection before the end of the headers, or what it sent is no response of HTTP."""


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """The head of a response. `retry_after` is the header as it came."""

    status: int
    retry_after: str | None


class WebhookSender(Protocol):
    """The way to an endpoint."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookResponse | SendFailure:
        """Sends one POST over https, follows no redirect and reads no body."""


class DeliveryQueue(Protocol):
    """The queue of one endpoint. Each method may raise Unavailable."""

    def send_anew(self, delivery: PendingDelivery, delay: float) -> None:
        """Sends the message anew, with these attempts and this time, to come after `delay` seconds at most."""

    def hide(self, delivery: PendingDelivery, seconds: float) -> None:
        """Makes the message visible again after `seconds`, or earlier."""

    def bury(self, delivery: PendingDelivery, reason: str) -> None:
        """Sends the message to the dead letters."""


def find_delay(failed_attempts: int, retry_after: timedelta | None) -> timedelta | None:
    """Returns the time until the next attempt after `failed_attempts`, None after the last one.

    Retry-After makes a wait longer, never shorter, because an endpoint that asks for less would use up all attempts.
    """
    if failed_attempts > len(DELAYS):
        return None
    asked = min(retry_after or timedelta(0), MAX_RETRY_AFTER)
    return max(DELAYS[failed_attempts - 1], asked)
