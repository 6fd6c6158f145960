"""What is deleted for good: every version, marker and part of one document goes, then its record says so.

The record is claimed first, so nobody restores it meanwhile; the owner's usage is released last, after S3 lists nothing.
Every step can run twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.core.advance import advance
from functions.core.document import Document
from functions.core.errors import Unavailable
from functions.core.events import PurgeClaimed, Purged, Refusal
from functions.core.keys import documents_key, staging_key
from functions.core.ports import Multipart, Records, Shelves

_ROUNDS = 5
"""A PUT or a part that was on its way may still land while its key is being emptied."""


class Purging(StrEnum):
    """What became of one order; a log line. `LEASED` means: deliver it again later."""

    PURGED = "purged"
    PURGED_BEFORE = "purged_before"
    KEPT = "kept"
    """It was restored, or its time has not come."""
    LEASED = "leased"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Purge:
    records: Records
    shelves: Shelves
    multipart: Multipart
    clock: Callable[[], datetime]

    def purge(self, owner: str, document_id: str) -> Purging:
        """Raises Unavailable if another attempt may do better."""
        document = self.records.get(owner, document_id)
        if document is None:
            return Purging.PURGED_BEFORE
        claim = advance(self.records, document, PurgeClaimed(), self.clock)
        if isinstance(claim, Refusal):
            return _refused(claim)
        for key in (staging_key(owner, document_id), documents_key(owner, document_id)):
            self._empty(key)
        ended = advance(self.records, claim, Purged(claim.attempt), self.clock)
        return Purging.PURGED if isinstance(ended, Document) else Purging.OVERTAKEN

    def _empty(self, key: str) -> None:
        for _ in range(_ROUNDS):
            if not self._removed_any(key):
                return
        raise Unavailable("storage_unavailable", "Something still arrives under this key.", retry_after=1)

    def _removed_any(self, key: str) -> bool:
        uploads = [upload for upload in self.shelves.uploads(key) if upload.key == key]
        versions = [held for held in self.shelves.versions(key) if held.key == key]
        for upload in uploads:
            self.multipart.abort(key, upload.upload_id)
        for held in versions:
            self.shelves.delete(key, held.version)
        return bool(uploads or versions)


def _refused(refusal: Refusal) -> Purging:
    match refusal:
        case Refusal.DONE_ALREADY:
            return Purging.PURGED_BEFORE
        case Refusal.LEASED:
            return Purging.LEASED
        case _:
            return Purging.KEPT
