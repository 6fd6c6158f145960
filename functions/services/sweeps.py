"""Use cases of the scheduled sweep: what no event finishes. Abandoned uploads, lost events, crashed attempts, orphaned bytes.

On a consistent system a sweep changes nothing. Listings may lag, so every record is read again before anything is done.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.document import Document, Status
from functions.domain.events import CompleteFailed, DeadlinePassed, Ignored, RedriveRequested
from functions.domain.guards import has_lease
from functions.domain.keys import DOCUMENTS, STAGING, parse_documents_key, parse_staging_key, staging_key
from functions.domain.queues import PurgeQueue, UploadEvents
from functions.domain.repository import DocumentRepository, apply_event
from functions.domain.storage import BucketInventory, MultipartStore, ObjectVersion, OpenUpload

GRACE = timedelta(hours=1)
"""Younger bytes are left alone, because their record or their event may still be in transit."""

PERIOD = timedelta(minutes=15)
"""Time between two sweeps."""

SLICES = 256
"""Slices of `documents/` by the first two digits of the owner key. A sweep lists one of them: all take 64 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepService:
    """Sweeps the table and the bucket, and redrives failed documents."""

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    clock: Callable[[], datetime]

    def sweep(self, is_out_of_time: Callable[[], bool]) -> Counter[str]:
        """Sweeps as far as time allows and returns how often each outcome occurred.

        Raises Unavailable. The next sweep resumes.
        """
        outcomes: Counter[str] = Counter()
        for outcome in self._steps():
            if outcome is not None:
                outcomes[outcome] += 1
            if is_out_of_time():
                outcomes["out_of_time"] += 1
                break
        return outcomes

    def redrive(self, owner: str, document_id: str) -> str:
        """Retries a failed document whose bytes are still staged. Returns the outcome."""
        document = self.repository.get(owner, document_id)
        if document is None or document.staged_version is None:
            return "unknown"
        if apply_event(self.repository, document, RedriveRequested(), self.clock) is Ignored.WRONG_STATE:
            return "not_failed"
        self.upload_events.republish(staging_key(owner, document_id), document.staged_version)
        return "redriven"

    def _steps(self) -> Iterator[str | None]:
        """Yields an outcome for each thing checked, None where nothing was done. Time may run out after any of them."""
        republished: set[str] = set()
        for due in self.repository.due(self.clock()):
            yield self._check_document(*due, republished) if due else None
        for upload in self.inventory.uploads(STAGING):
            yield self._check_upload(upload)
        for staged in self.inventory.versions(STAGING):
            yield self._check_staged(staged, republished)
        for stored in self.inventory.versions(self._current_slice()):
            yield self._check_stored(stored)

    def _check_document(self, owner: str, document_id: str, republished: set[str]) -> str:
        """`republished` collects the versions whose event was republished in this sweep."""
        document = self.repository.get(owner, document_id)
        if document is None or document.next_check_at is None or self.clock() < document.next_check_at:
            return "not_due"
        if document.status in (Status.DELETED, Status.PURGING):
            self.purge_queue.enqueue(owner, document_id)
            return "purge_enqueued"
        if document.status is Status.PROCESSING and document.staged_version:
            republished.add(document.staged_version)
            self.upload_events.republish(staging_key(owner, document_id), document.staged_version)
            return "attempt_republished"
        arrived = self._find_first_version(staging_key(owner, document_id))
        if arrived is not None:
            self.upload_events.republish(arrived.key, arrived.version)
            return "event_republished"
        return self._close(document)

    def _find_first_version(self, key: str) -> ObjectVersion | None:
        """Returns the version whose event would have come first.

        S3 lists the newest first and its times are whole seconds, so the listing is reversed before the oldest is taken.
        """
        listed = [*self.inventory.versions(key)]
        versions = [version for version in reversed(listed) if version.key == key and not version.is_marker]
        return min(versions, key=lambda version: version.last_modified, default=None)

    def _close(self, document: Document) -> str:
        """Nothing has arrived. The upload expires, or a completion whose result is lost can be repeated."""
        is_late = self.clock() >= document.upload_deadline
        event = DeadlinePassed() if is_late else CompleteFailed(document.attempt)
        if isinstance(apply_event(self.repository, document, event, self.clock), Ignored):
            return "unchanged"
        if not is_late:
            return "reopened"
        if document.upload_id is not None:
            self.multipart.abort(staging_key(document.owner, document.id), document.upload_id)
        return "expired"

    def _check_upload(self, upload: OpenUpload) -> str | None:
        if not self._is_old(upload.initiated) or self._is_upload_needed(upload):
            return None
        self.multipart.abort(upload.key, upload.upload_id)
        return "aborted_upload"

    def _check_staged(self, staged: ObjectVersion, republished: set[str]) -> str | None:
        if not self._is_old(staged.last_modified):
            return None
        document = self._find_record(staged.key)
        if document is None or not _is_version_needed(document, staged.version):
            self.inventory.delete(staged.key, staged.version)
            return "deleted_version"
        if staged.version in republished or not self._is_stalled(document, staged.version):
            return None
        self.upload_events.republish(staged.key, staged.version)
        return "attempt_republished"

    def _is_stalled(self, document: Document, version: str) -> bool:
        """True when the lease is over and no message has come. A listing of staging sees this before the record is due."""
        is_processed = document.status is Status.PROCESSING and document.staged_version == version
        return is_processed and not has_lease(document, self.clock())

    def _current_slice(self) -> str:
        return f"{DOCUMENTS}{int(self.clock().timestamp() / PERIOD.total_seconds()) % SLICES:02x}"

    def _check_stored(self, stored: ObjectVersion) -> str | None:
        """Reports an object without a record. It is never deleted, because the record may be wrong, say after a restore."""
        if not self._is_old(stored.last_modified) or self._has_record(stored):
            return None
        is_new = self.repository.quarantine(stored.key, stored.version, self.clock())
        return "quarantined" if is_new else None

    def _has_record(self, stored: ObjectVersion) -> bool:
        """The copy exists before the record is `ready`, so a document in progress owns every version of its key."""
        record_key = parse_documents_key(stored.key)
        document = self.repository.get(*record_key) if record_key else None
        if document is None:
            return False
        return document.is_in_progress or stored.version == document.stored_version

    def _is_old(self, time: datetime) -> bool:
        return self.clock() - time > GRACE

    def _is_upload_needed(self, upload: OpenUpload) -> bool:
        document = self._find_record(upload.key)
        return document is not None and document.is_in_progress and document.upload_id == upload.upload_id

    def _find_record(self, key: str) -> Document | None:
        record_key = parse_staging_key(key)
        return self.repository.get(*record_key) if record_key else None


def _is_version_needed(document: Document, version: str) -> bool:
    """A failed document keeps its bytes, so that an operator can inspect them and redrive."""
    if document.effective_status is Status.FAILED:
        return document.staged_version == version
    return document.is_in_progress
