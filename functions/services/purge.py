"""Use case of the purge: deletes every version, marker and part of one document for good, then empties its record.

Of a failed document it deletes the copies under `documents/` alone, which a crash between the copy and its result leaves.
Of a rejected duplicate, of a document that a rescan has rejected, and of one that nobody has claimed, it deletes the copy
and the renditions.

The staged version of a PUT is left to the sweep, because it makes the URL write-once. Until it is gone, the purge waits.

The record is leased first, so that nobody restores the document meanwhile. Usage is released last, after S3 lists nothing.
Every step can run twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.document_operations import apply_event
from functions.domain.errors import Unavailable
from functions.domain.events import (
    CopyPurgeCompleted,
    CopyPurgeStarted,
    Ignored,
    PurgeCompleted,
    PurgeStarted,
)
from functions.domain.keys import renditions_prefix
from functions.domain.repository import DocumentRepository
from functions.domain.storage import DELETE_BATCH, BucketInventory, MultipartStore

_PASSES = 5
"""Passes over one key, because a PUT or a part in transit may still arrive while its key is being emptied."""


class PurgeOutcome(StrEnum):
    """The outcome of one task, for the log. `LEASED` asks for another delivery."""

    PURGED = "purged"
    ALREADY_PURGED = "already_purged"
    COPIES_DELETED = "copies_deleted"
    """The document has failed, is rejected, or has expired unclaimed. Its record and its staged bytes stay."""
    KEPT = "kept"
    """The document was restored or redriven, or its restore window is not over."""
    STAGED = "staged"
    """Staging still has bytes that the sweep deletes. It then enqueues the purge again."""
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
        is_unclaimed = document.status is Status.EXPIRED and document.stored_version is not None
        if is_unclaimed or document.status in (Status.FAILED, Status.REJECTED):
            return self._purge_copies(document)
        leased = apply_event(self.repository, document, PurgeStarted(), self.clock)
        if isinstance(leased, Ignored):
            return _outcome_of(leased)
        self._empty(leased.documents_key, whole_key=True)
        self._empty(renditions_prefix(owner, document_id), whole_key=False)
        if leased.may_be_quarantined:  # two lists that most documents do not need
            self._empty(leased.quarantine_key, whole_key=True)
        if not self._empty_staging(leased):
            return PurgeOutcome.STAGED
        result = apply_event(self.repository, leased, PurgeCompleted(leased.attempt), self.clock)
        return PurgeOutcome.PURGED if isinstance(result, Document) else PurgeOutcome.STALE_ATTEMPT

    def _purge_copies(self, document: Document) -> PurgeOutcome:
        """Deletes the copies of a document that is not ready. The lease holds off a redrive, which might name one of them."""
        leased = apply_event(self.repository, document, CopyPurgeStarted(), self.clock)
        if isinstance(leased, Ignored):
            return _outcome_of(leased)
        self._empty(leased.documents_key, whole_key=True)
        if leased.status is not Status.FAILED:
            self._empty(renditions_prefix(leased.owner, leased.id), whole_key=False)
        result = apply_event(self.repository, leased, CopyPurgeCompleted(leased.attempt), self.clock)
        return PurgeOutcome.COPIES_DELETED if isinstance(result, Document) else PurgeOutcome.STALE_ATTEMPT

    def _empty_staging(self, document: Document) -> bool:
        """Returns False while staging has a version that the sweep has to delete."""
        key = document.staging_key
        if document.method is Method.MULTIPART:
            self._empty(key, whole_key=True)
            return True
        return not any(version.key == key for version in self.inventory.versions(key))

    def _empty(self, prefix: str, *, whole_key: bool) -> None:
        for _ in range(_PASSES):
            if not self._delete_listed(prefix, whole_key=whole_key):
                return
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Bytes still arrive under this key.", retry_after=1)

    def _delete_listed(self, prefix: str, *, whole_key: bool) -> bool:
        """Deletes what S3 lists under the prefix, or under exactly this key. Returns False if S3 lists nothing."""
        uploads = [each for each in self.inventory.uploads(prefix) if not whole_key or each.key == prefix]
        versions = [each for each in self.inventory.versions(prefix) if not whole_key or each.key == prefix]
        for upload in uploads:
            self.multipart.abort(upload.key, upload.upload_id)
        for start in range(0, len(versions), DELETE_BATCH):
            self.inventory.delete(versions[start : start + DELETE_BATCH])
        return bool(uploads or versions)


def _outcome_of(ignored: Ignored) -> PurgeOutcome:
    match ignored:
        case Ignored.ALREADY_APPLIED:
            return PurgeOutcome.ALREADY_PURGED
        case Ignored.LEASED:
            return PurgeOutcome.LEASED
        case _:
            return PurgeOutcome.KEPT
