"""Ports to the queues: S3's events, documents to purge, and the tasks and results of steps. All methods may raise Unavailable."""

from typing import Protocol

from functions.domain.tasks import Task, TaskResult


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
