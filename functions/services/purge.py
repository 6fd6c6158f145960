"""Use case of the purge: deletes every version, marker and part of one document for good, then empties its record.

The record is leased first, so that nobody restores the document meanwhile. Usage is released last, after S3 lists nothing.
Every step can run twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import Unavailable
from functions.domain.events import Ignored, PurgeCompleted, PurgeStarted
from functions.domain.keys import documents_key, staging_key
from functions.domain.repository import DocumentRepository, apply_event
from functions.domain.storage import BucketInventory, MultipartStore

_PASSES = 5
"""Passes over one key, because a PUT or a part in transit may still arrive while its key is being emptied."""


class PurgeOutcome(StrEnum):
    """The outcome of one task, for the log. `LEASED` asks for another delivery."""

    PURGED = "purged"
    ALREADY_PURGED = "already_purged"
    KEPT = "kept"
    """The document was restored, or its restore window is not over."""
    LEASED = "leased"
    STALE_ATTEMPT = "stale_attempt"


@dataclass(frozen=True, slots=True)
class PurgeService:
    """The purge of documents whose restore window is over."""

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    clock: Callable[[], datetime]

    def purge(self, owner: str, document_id: str) -> PurgeOutcome:
        """Deletes the bytes of one document and empties its record. Raises Unavailable if a retry may succeed."""
        document = self.repository.get(owner, document_id)
        if document is None:
            return PurgeOutcome.ALREADY_PURGED
        leased = apply_event(self.repository, document, PurgeStarted(), self.clock)
        if isinstance(leased, Ignored):
            return _outcome_of(leased)
        for key in (staging_key(owner, document_id), documents_key(owner, document_id)):
            self._empty(key)
        result = apply_event(self.repository, leased, PurgeCompleted(leased.attempt), self.clock)
        return PurgeOutcome.PURGED if isinstance(result, Document) else PurgeOutcome.STALE_ATTEMPT

    def _empty(self, key: str) -> None:
        for _ in range(_PASSES):
            if not self._delete_listed(key):
                return
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Bytes still arrive under this key.", retry_after=1)

    def _delete_listed(self, key: str) -> bool:
        """Deletes what S3 lists under the key. Returns False if S3 lists nothing."""
        uploads = [upload for upload in self.inventory.uploads(key) if upload.key == key]
        versions = [version for version in self.inventory.versions(key) if version.key == key]
        for upload in uploads:
            self.multipart.abort(key, upload.upload_id)
        for version in versions:
            self.inventory.delete(key, version.version)
        return bool(uploads or versions)


def _outcome_of(ignored: Ignored) -> PurgeOutcome:
    match ignored:
        case Ignored.ALREADY_APPLIED:
            return PurgeOutcome.ALREADY_PURGED
        case Ignored.LEASED:
            return PurgeOutcome.LEASED
        case _:
            return PurgeOutcome.KEPT
