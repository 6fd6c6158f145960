"""Ports to the queues: S3's events, documents to purge, and the tasks and results of steps. All methods may raise Unavailable."""

from dataclasses import dataclass
from typing import Protocol

from functions.domain.tasks import Task, TaskResult

MAX_DELAY = 900
"""Maximum delay of a message in seconds.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

REPUBLISHED = "ObjectCreated:Republished"
"""Name of an event that a sweep or an operator sends in place of S3's. Each sweep sends it again while its document waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery of a message. `deliveries` counts this one too.

    `first_seen` is when its first version was sent, in epoch seconds. `times_sent` counts how often it was sent.
    """

    id: str
    receipt_handle: str
    body: str
    deliveries: int
    first_seen: float
    times_sent: int


class MessageQueue(Protocol):
    """A queue whose messages a function processes."""

    def send_anew(self, message: Message, delay: int) -> None:
        """Sends the message again, to come after `delay` seconds (0 to `MAX_DELAY`), with the time when it was first seen."""

    def bury(self, message: Message) -> None:
        """Sends the message to the dead letters."""

    def hide(self, message: Message, seconds: int) -> None:
        """Makes a received message visible again after `seconds`. On an error, the visibility timeout applies."""


class UploadEvents(Protocol):
    """The queue of S3's ObjectCreated events."""

    def republish(self, key: str, version: str) -> None:
        """Sends an event for this version, in the fields of S3's own."""


class PurgeQueue(Protocol):
    """The queue of documents whose bytes must be deleted for good."""

    def enqueue(self, owner: str, document_id: str) -> None:
        """Sends one task. Duplicates are harmless."""


class TaskQueue(Protocol):
    """The queue of tasks for the worker of one step."""

    def enqueue(self, task: Task) -> None:
        """Sends one task. Duplicates are harmless."""


class ResultQueue(Protocol):
    """The queue of the results of one step's worker."""

    def send(self, result: TaskResult) -> None:
        """Sends one result. Duplicates are harmless."""
