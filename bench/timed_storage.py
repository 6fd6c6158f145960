"""A table and a bucket on virtual time, with objects of any size: only their size is stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bench.virtual_time import S3_CALL, TABLE_CALL, VirtualTime
from functions.adapters.s3.part_copy import COPY_PART_SIZE, MAX_CONCURRENT_PARTS
from functions.domain.document import Document, Status
from functions.domain.events import Transition
from functions.domain.parts import MAX_PARTS
from functions.domain.storage import CopyRequest, ObjectHead, StoredObject
from tests.fakes import InMemoryDocuments, InMemoryObjectStore

_PART_RATE = 35_000_000
"""Bytes a second that S3 copies of one part, about half of what was measured (functions/adapters/s3/part_copy.py)."""
_PART_START = 1.7
"""Seconds before the first byte of a part, from the same measurement."""


@dataclass
class TimedDocuments(InMemoryDocuments):
    """A repository whose calls take time. `ready_at` has the time at which each document became ready."""

    time: VirtualTime = field(default_factory=VirtualTime)
    ready_at: dict[str, datetime] = field(default_factory=dict)

    def get(self, owner: str, document_id: str) -> Document | None:
        self.time.take(TABLE_CALL)
        return super().get(owner, document_id)

    def apply(self, transition: Transition) -> None:
        self.time.take(TABLE_CALL)
        super().apply(transition)
        if transition.after.status is Status.READY:
            self.ready_at[transition.after.id] = self.time()


@dataclass
class TimedObjects(InMemoryObjectStore):
    """An object store whose calls take time. `sizes` are those of objects that are larger than their stored bytes, by key."""

    time: VirtualTime = field(default_factory=VirtualTime)
    sizes: dict[str, int] = field(default_factory=dict)

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        self.time.take(S3_CALL)
        found = super().open(key, version, length)
        return found and replace(found, stored=self._resize(key, found.stored))

    def head(self, key: str, version: str) -> StoredObject | None:
        self.time.take(S3_CALL)
        found = super().head(key, version)
        return found and self._resize(key, found)

    def copy(self, request: CopyRequest) -> StoredObject:
        self.time.take(S3_CALL)
        return super().copy(request)

    def start_copy(self, request: CopyRequest) -> str:
        self.time.take(S3_CALL)
        return super().start_copy(request)

    def delete(self, key: str, version: str) -> None:
        self.time.take(S3_CALL)
        super().delete(key, version)

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        """Copies as many parts at once as the real one. Each takes its time."""
        size = request.source.size
        part_size = max(COPY_PART_SIZE, -(-size // MAX_PARTS))
        while self.copies[upload_id] * part_size < size:
            if out_of_time():
                return None
            self.time.take(_PART_START + part_size / _PART_RATE)
            self.copies[upload_id] += MAX_CONCURRENT_PARTS
        copied = self._copied(request, hashed=False)
        del self.copies[upload_id]
        return replace(copied, size=size)

    def _resize(self, key: str, stored: StoredObject) -> StoredObject:
        return replace(stored, size=self.sizes.get(key, stored.size))


class UnusedQueue:
    """Implements `functions.domain.queues.MessageQueue` for messages that all succeed at their first delivery."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a message met a fault: {name}")
