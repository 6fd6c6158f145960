"""What no event will finish: uploads that never came, events that got lost, work that crashed, bytes nobody waits for.

On a consistent system it changes nothing. It trusts no listing: each record is read again before anything is done.
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
"""Bytes younger than this are left alone: their record, or their event, may still be on its way."""

PERIOD = timedelta(minutes=15)
"""From one round to the next."""

SLICES = 256
"""Of `documents/`, by the first two digits of the owner key; a round looks at one, so that all are seen in 64 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepService:
    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    clock: Callable[[], datetime]

    def sweep(self, out_of_time: Callable[[], bool]) -> Counter[str]:
        """One round, as far as time allows; the counts of what was done. May raise Unavailable: the next round goes on."""
        done: Counter[str] = Counter()
        for outcome in self._round():
            if outcome is not None:
                done[outcome] += 1
            if out_of_time():
                done["out_of_time"] += 1
                break
        return done

    def redrive(self, owner: str, document_id: str) -> str:
        """Try a failed document again, whose bytes are still there; an operator's order. What came of it."""
        document = self.repository.get(owner, document_id)
        if document is None or document.staged_version is None:
            return "unknown"
        if apply_event(self.repository, document, RedriveRequested(), self.clock) is Ignored.WRONG_STATE:
            return "not_failed"
        self.upload_events.republish(staging_key(owner, document_id), document.staged_version)
        return "redriven"

    def _round(self) -> Iterator[str | None]:
        """One outcome for each thing looked at, None for what is left alone: time may run out at any of them."""
        told: set[str] = set()
        for found in self.repository.due(self.clock()):
            yield self._look_after(*found, told) if found else None
        for upload in self.inventory.uploads(STAGING):
            yield self._end_upload(upload)
        for staged in self.inventory.versions(STAGING):
            yield self._look_at(staged, told)
        for stored in self.inventory.versions(self._slice()):
            yield self._report(stored)

    def _look_after(self, owner: str, document_id: str, told: set[str]) -> str:
        """`told`: the versions that were announced in this round."""
        document = self.repository.get(owner, document_id)
        if document is None or document.next_check_at is None or self.clock() < document.next_check_at:
            return "moved_on"
        if document.status in (Status.DELETED, Status.PURGING):
            self.purge_queue.enqueue(owner, document_id)
            return "purge_ordered"
        if document.status is Status.PROCESSING and document.staged_version:
            told.add(document.staged_version)
            self.upload_events.republish(staging_key(owner, document_id), document.staged_version)
            return "announced_again"
        # First come, first served, as if the event had come in time. S3 lists the newest first, and its times are
        # whole seconds, so of two in one second it is the later in the list.
        key = staging_key(owner, document_id)
        held = [*self.inventory.versions(key)]
        versions = [v for v in reversed(held) if v.key == key and not v.is_marker]
        arrived = min(versions, key=lambda v: v.last_modified, default=None)
        if arrived is not None:
            self.upload_events.republish(arrived.key, arrived.version)
            return "announced"
        return self._end(document)

    def _end(self, document: Document) -> str:
        """Nothing has arrived: the time is over, or a call to complete was lost and the client may make another."""
        late = self.clock() >= document.upload_deadline
        event = DeadlinePassed() if late else CompleteFailed(document.attempt)
        if isinstance(apply_event(self.repository, document, event, self.clock), Ignored):
            return "waits"
        if not late:
            return "given_back"
        if document.upload_id is not None:
            self.multipart.abort(staging_key(document.owner, document.id), document.upload_id)
        return "expired"

    def _end_upload(self, upload: OpenUpload) -> str | None:
        if not self._is_old(upload.initiated) or self._needs_upload(upload.key, upload.upload_id):
            return None
        self.multipart.abort(upload.key, upload.upload_id)
        return "aborted_upload"

    def _look_at(self, staged: ObjectVersion, told: set[str]) -> str | None:
        if not self._is_old(staged.last_modified):
            return None
        document = self._record(staged.key)
        if document is None or not _needs(document, staged.version):
            self.inventory.delete(staged.key, staged.version)
            return "deleted_version"
        if staged.version in told or not self._has_stopped(document, staged.version):
            return None
        self.upload_events.republish(staged.key, staged.version)
        return "announced_again"

    def _has_stopped(self, document: Document, version: str) -> bool:
        """The lease is over, and no message has come again. Bytes that lie about are seen sooner than a record is due."""
        working = document.status is Status.PROCESSING and document.staged_version == version
        return working and not has_lease(document, self.clock())

    def _slice(self) -> str:
        return f"{DOCUMENTS}{int(self.clock().timestamp() / PERIOD.total_seconds()) % SLICES:02x}"

    def _report(self, stored: ObjectVersion) -> str | None:
        """Never deleted: that the record is wrong, restored from a backup, say, is as likely as that the object is."""
        if not self._is_old(stored.last_modified) or self._has_record(stored):
            return None
        new = self.repository.quarantine(stored.key, stored.version, self.clock())
        return "quarantined" if new else None

    def _has_record(self, stored: ObjectVersion) -> bool:
        """A document that is processed has a copy before its record says so; one that is purged loses it before."""
        named = parse_documents_key(stored.key)
        document = self.repository.get(*named) if named else None
        if document is None:
            return False
        return document.is_in_progress or stored.version == document.stored_version

    def _is_old(self, time: datetime) -> bool:
        return self.clock() - time > GRACE

    def _needs_upload(self, key: str, upload_id: str) -> bool:
        document = self._record(key)
        return document is not None and document.is_in_progress and document.upload_id == upload_id

    def _record(self, key: str) -> Document | None:
        staged = parse_staging_key(key)
        return self.repository.get(*staged) if staged else None


def _needs(document: Document, version: str) -> bool:
    """A failed document keeps its bytes, so that an operator can look at them and try again."""
    if document.effective_status is Status.FAILED:
        return document.staged_version == version
    return document.is_in_progress
