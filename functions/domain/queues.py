"""Ports to the two work queues: S3's events, and documents to purge. All methods may raise Unavailable."""

from typing import Protocol


class UploadEvents(Protocol):
    """The queue of S3's ObjectCreated events."""

    def republish(self, key: str, version: str) -> None:
        """Sends an event for this version, in the fields of S3's own."""


class PurgeQueue(Protocol):
    """The queue of documents whose bytes must be deleted for good."""

    def enqueue(self, owner: str, document_id: str) -> None:
        """Sends one task. Duplicates are harmless."""
