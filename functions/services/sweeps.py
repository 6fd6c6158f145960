"""Use cases of the scheduled sweep: what no event finishes. Abandoned uploads, lost events, crashed attempts, orphaned bytes.

On a consistent system a sweep changes nothing. Listings may lag, so every record is read before anything is done. Records
that are read in batches may be some seconds old, which is safe because a document at rest never needs more bytes later.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from functions.domain.document import Document, Status
from functions.domain.events import CompleteFailed, DeadlinePassed, Ignored, RedriveRequested
from functions.domain.guards import has_lease, is_waiting
from functions.domain.keys import (
    DOCUMENTS,
    RENDITIONS,
    STAGING,
    DocumentKey,
    parse_documents_key,
    parse_renditions_key,
    parse_staging_key,
)
from functions.domain.queues import PurgeQueue, UploadEvents
from functions.domain.repository import DocumentRepository, apply_event
from functions.domain.retention import GRACE, is_staged_version_needed
from functions.domain.storage import BucketInventory, MultipartStore, ObjectVersion, OpenUpload

PERIOD = timedelta(minutes=15)
"""Time between two sweeps."""

LOST_EVENT = timedelta(minutes=10)
"""Age of a staged version whose document still waits for it, so that its event is taken for lost."""

SLICES = 256
"""Slices of `documents/` and `renditions/` by the first two digits of the owner key.

A sweep lists one of them: all take 64 hours.
"""

BATCH = 100
"""Listed versions or uploads whose records are read at once (Amazon DynamoDB API Reference, BatchGetItem)."""

STAGING_COMPLETED = "staging_completed"
"""Outcome of a sweep that has listed all of staging. An alarm raises when there was none for hours."""

ParseKey = Callable[[str], DocumentKey | None]
Batch = list[tuple[ObjectVersion, Document | None]]
Listed = TypeVar("Listed", bound=ObjectVersion | OpenUpload)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepService:
    """Sweeps the table and the bucket, and redrives failed documents. `url_lifetime` is that of URLs to upload."""

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    url_lifetime: timedelta
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
        self.upload_events.republish(document.staging_key, document.staged_version)
        return "redriven"

    def _steps(self) -> Iterator[str | None]:
        """Yields an outcome for each thing checked, None where nothing was done. Time may run out after any of them."""
        republished: set[str] = set()
        for due in self.repository.due(self.clock()):
            yield self._check_document(*due, republished) if due else None
        old = (upload for upload in self.inventory.uploads(STAGING) if self._is_old(upload.initiated))
        for uploads in self._read_records(old, parse_staging_key):
            for upload, document in uploads:
                yield self._check_upload(upload, document)
        for batch in self._read_records(self.inventory.versions(STAGING), parse_staging_key):
            yield from self._check_staged(batch, republished)
        yield STAGING_COMPLETED
        for prefix, parse, check in (
            (DOCUMENTS, parse_documents_key, self._check_stored),
            (RENDITIONS, parse_renditions_key, self._check_renditions),
        ):
            for batch in self._read_records(self.inventory.versions(self._current_slice(prefix)), parse):
                yield from check(batch)

    def _read_records(
        self, entries: Iterable[Listed], parse: ParseKey
    ) -> Iterator[list[tuple[Listed, Document | None]]]:
        """Yields the entries of a listing with their records, as many as one read of the table returns."""
        remaining = iter(entries)
        while listed := [*islice(remaining, BATCH)]:
            keys = [parse(entry.key) for entry in listed]
            records = self.repository.get_many([*{key for key in keys if key is not None}])
            yield [
                (entry, records.get(key) if key else None) for entry, key in zip(listed, keys, strict=True)
            ]

    def _check_document(self, owner: str, document_id: str, republished: set[str]) -> str:
        """`republished` collects the keys whose event was republished in this sweep."""
        document = self.repository.get(owner, document_id)
        if document is None or document.next_check_at is None or self.clock() < document.next_check_at:
            return "not_due"
        if document.status in (Status.DELETED, Status.PURGING):
            self.purge_queue.enqueue(owner, document_id)
            return "purge_enqueued"
        if document.status is Status.PROCESSING and document.staged_version:
            republished.add(document.staging_key)
            self.upload_events.republish(document.staging_key, document.staged_version)
            return "attempt_republished"
        arrived = self._find_first_version(document.staging_key)
        if arrived is not None:
            republished.add(arrived.key)
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
            self.multipart.abort(document.staging_key, document.upload_id)
        return "expired"

    def _check_upload(self, upload: OpenUpload, document: Document | None) -> str | None:
        if document is not None and document.is_in_progress and document.upload_id == upload.upload_id:
            return None
        self.multipart.abort(upload.key, upload.upload_id)
        return "aborted_upload"

    def _check_staged(self, batch: Batch, republished: set[str]) -> Iterator[str | None]:
        """Deletes what nobody needs any more, with one request, and finds bytes that wait for a lost event."""
        yield from self._delete(
            [staged for staged, document in batch if not self._is_needed(document, staged)]
        )
        # S3 lists the newest version of a key first, and the event of the oldest one is the first.
        for staged, document in reversed(batch):
            if document is None or staged.key in republished or not self._is_stalled(document, staged):
                yield None
                continue
            republished.add(staged.key)
            self.upload_events.republish(staged.key, staged.version)
            yield "attempt_republished" if document.staged_version else "event_republished"

    def _is_needed(self, document: Document | None, staged: ObjectVersion) -> bool:
        return is_staged_version_needed(document, staged, url_lifetime=self.url_lifetime, now=self.clock())

    def _is_stalled(self, document: Document, staged: ObjectVersion) -> bool:
        """True if no message will continue. A listing of staging sees this before the record is due."""
        now = self.clock()
        if document.is_open:
            return not staged.is_marker and now - staged.last_modified > LOST_EVENT
        is_processed = document.status is Status.PROCESSING and document.staged_version == staged.version
        return is_processed and not has_lease(document, now) and not is_waiting(document, None, now)

    def _current_slice(self, prefix: str) -> str:
        return f"{prefix}{int(self.clock().timestamp() / PERIOD.total_seconds()) % SLICES:02x}"

    def _check_stored(self, batch: Batch) -> Iterator[str | None]:
        """Reports an object without a record. It is never deleted, because the record may be wrong, say after a restore.

        The copy exists before the record is `ready`, so a document in progress owns every version of its key.
        """
        for stored, document in batch:
            is_known = document is not None and (
                document.is_in_progress or stored.version == document.stored_version
            )
            yield None if is_known else self._quarantine(stored)

    def _check_renditions(self, batch: Batch) -> Iterator[str | None]:
        """Deletes renditions that no applied result names: of a stale attempt, or of a document that is not kept."""
        yield from self._delete(
            [
                stored
                for stored, document in batch
                if document and self._is_old(stored.last_modified) and not _is_named(document, stored)
            ]
        )
        for stored, document in batch:
            yield self._quarantine(stored) if document is None else None

    def _delete(self, versions: Sequence[ObjectVersion]) -> Iterator[str]:
        self.inventory.delete(versions)
        yield from ("deleted_version" for _ in versions)

    def _quarantine(self, stored: ObjectVersion) -> str | None:
        if not self._is_old(stored.last_modified):
            return None
        is_new = self.repository.quarantine(stored.key, stored.version, self.clock())
        return "quarantined" if is_new else None

    def _is_old(self, time: datetime) -> bool:
        return self.clock() - time > GRACE


def _is_named(document: Document, stored: ObjectVersion) -> bool:
    """True while the document may need this rendition. Its worker writes it before its result is applied."""
    if document.is_in_progress:
        return True
    is_kept = document.effective_status is Status.READY
    return is_kept and any(rendition.version == stored.version for rendition in document.renditions)
