"""What is deleted for good: every version, marker and part of one document goes, then its record says so.

The record is claimed first, so nobody restores it meanwhile; the owner's usage is released last, after S3 lists nothing.
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

_ROUNDS = 5
"""A PUT or a part that was on its way may still land while its key is being emptied."""


class PurgeOutcome(StrEnum):
    """What became of one order; a log line. `LEASED` means: deliver it again later."""

    PURGED = "purged"
    PURGED_BEFORE = "purged_before"
    KEPT = "kept"
    """It was restored, or its time has not come."""
    LEASED = "has_lease"
    STALE_ATTEMPT = "overtaken"


@dataclass(frozen=True, slots=True)
class PurgeService:
    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    clock: Callable[[], datetime]

    def purge(self, owner: str, document_id: str) -> PurgeOutcome:
        """Raises Unavailable if another attempt may do better."""
        document = self.repository.get(owner, document_id)
        if document is None:
            return PurgeOutcome.PURGED_BEFORE
        claim = apply_event(self.repository, document, PurgeStarted(), self.clock)
        if isinstance(claim, Ignored):
            return _refused(claim)
        for key in (staging_key(owner, document_id), documents_key(owner, document_id)):
            self._empty(key)
        ended = apply_event(self.repository, claim, PurgeCompleted(claim.attempt), self.clock)
        return PurgeOutcome.PURGED if isinstance(ended, Document) else PurgeOutcome.STALE_ATTEMPT

    def _empty(self, key: str) -> None:
        for _ in range(_ROUNDS):
            if not self._removed_any(key):
                return
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Something still arrives under this key.", retry_after=1)

    def _removed_any(self, key: str) -> bool:
        uploads = [upload for upload in self.inventory.uploads(key) if upload.key == key]
        versions = [held for held in self.inventory.versions(key) if held.key == key]
        for upload in uploads:
            self.multipart.abort(key, upload.upload_id)
        for held in versions:
            self.inventory.delete(key, held.version)
        return bool(uploads or versions)


def _refused(refusal: Ignored) -> PurgeOutcome:
    match refusal:
        case Ignored.ALREADY_APPLIED:
            return PurgeOutcome.PURGED_BEFORE
        case Ignored.LEASED:
            return PurgeOutcome.LEASED
        case _:
            return PurgeOutcome.KEPT
