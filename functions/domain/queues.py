"""The ports to the two queues: of S3's events, and of documents to purge."""

from typing import Protocol


class UploadEvents(Protocol):
    """The queue that S3's events come through."""

    def republish(self, key: str, version: str) -> None:
        """Say once more that this version exists, as S3 would. May raise Unavailable."""


class PurgeQueue(Protocol):
    """The queue of documents whose bytes are to go."""

    def enqueue(self, owner: str, document_id: str) -> None:
        """Once more is as good as once. May raise Unavailable."""
