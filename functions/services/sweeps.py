"""Use cases of a sweep: what no event finishes. Abandoned uploads, lost events, crashed attempts, orphaned bytes.

On a consistent system a sweep changes nothing. Listings may lag, so every record is read before anything is done. Records
that are read in batches may be some seconds old, which is safe because a document at rest never needs more bytes later.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

from functions.domain.document import Document, Status
from functions.domain.events import CompleteFailed, DeadlinePassed, Ignored, RedriveRequested
from functions.domain.guards import has_lease, is_waiting
from functions.domain.keys import (
    DOCUMENTS,
    STAGING,
    DocumentKey,
    parse_documents_key,
    parse_renditions_key,
    parse_staging_key,
)
from functions.domain.queues import PurgeQueue, UploadEvents
from functions.domain.repository import DocumentRepository, DueEntry, apply_event
from functions.domain.retention import GRACE, is_staged_version_needed
from functions.domain.slices import DUE, UPLOADS, list_all_at_once
from functions.domain.storage import BucketInventory, MultipartStore, ObjectVersion, OpenUpload, list_pages

LOST_EVENT = timedelta(minutes=10)
"""Age of a staged version whose document still waits for it, so that its event is taken for lost."""

BATCH = 100
"""Listed versions or uploads whose records are read at once (Amazon DynamoDB API Reference, BatchGetItem)."""

STAGING_COMPLETED = "staging_completed"
"""Outcome of a sweep of everything at once that has listed all of staging."""

OVERDUE_AT_ONCE = 500
"""Documents of one owner that a slice handles before it looks at the time. Each takes some 50 ms. The owner stays due."""

FAILED = "error"
"""Outcome of a check that raised an exception. The exception is logged and the sweep goes on."""

ParseKey = Callable[[str], DocumentKey | None]
Batch = list[tuple[ObjectVersion, Document | None]]
Listed = TypeVar("Listed", bound=ObjectVersion | OpenUpload)
Parameters = ParamSpec("Parameters")
Step = tuple[str | None, str | None]
"""An outcome, None where nothing was done, and the cursor that continues after it."""


@dataclass(frozen=True, slots=True)
class SliceResult:
    """The result of sweeping a slice: how often each outcome occurred, and the cursor to continue at."""

    outcomes: Counter[str]
    cursor: str | None = None
    is_finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepService:
    """Sweeps the table and the bucket, and redrives failed documents. `url_lifetime` is that of URLs to upload.

    A slice of what is due is swept with `concurrency` threads, because nearly all of its time is spent waiting.
    """

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    url_lifetime: timedelta
    clock: Callable[[], datetime]
    log_error: Callable[[str], object]
    concurrency: int = 1

    def sweep_slice(self, name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> SliceResult:
        """Sweeps one slice from `cursor` until time is over. Raises Unavailable if the slice cannot be listed."""
        outcomes: Counter[str] = Counter()
        for found, after in self._groups(name, cursor):
            outcomes.update(found)
            if is_out_of_time():
                return SliceResult(outcomes, after, is_finished=False)
        return SliceResult(outcomes)

    def sweep(self, is_out_of_time: Callable[[], bool]) -> Counter[str]:
        """Sweeps all slices one after the other, as far as time allows, and returns how often each outcome occurred.

        Raises Unavailable if a slice cannot be listed.
        """
        outcomes: Counter[str] = Counter()
        for outcome in self._all_slices():
            outcomes.update([outcome] if outcome else [])
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

    def _all_slices(self) -> Iterator[str | None]:
        republished: set[str] = set()
        for name in list_all_at_once(self.clock()):
            for outcome, _ in self._slice(name, None, republished):
                yield outcome
            if name == STAGING:
                yield STAGING_COMPLETED

    def _slice(self, name: str, cursor: str | None, republished: set[str]) -> Iterator[Step]:
        """Yields a step for each thing checked. Time may run out after any of them.

        `republished` collects the keys whose event was republished, so that a sweep does so once.
        """
        if name.startswith(DUE):
            return self._due(int(name.removeprefix(DUE)), cursor, republished)
        if name == UPLOADS:
            return self._uploads(cursor)
        if name.startswith(STAGING):
            check = partial(self._check_staged, republished=republished)
            return self._versions(name, cursor, parse_staging_key, check)
        if name.startswith(DOCUMENTS):
            return self._versions(name, cursor, parse_documents_key, self._check_stored)
        return self._versions(name, cursor, parse_renditions_key, self._check_renditions)

    def _due(self, shard: int, cursor: str | None, republished: set[str]) -> Iterator[Step]:
        now = self.clock()
        for entry in self.repository.due(shard, now, cursor):
            if entry.document_id is not None:
                found = self._try(self._check_document, entry.owner, entry.document_id, republished)
            else:
                for document_id in self._recount(entry.owner):
                    # The owner is recounted again if time runs out in between.
                    yield self._try(self._check_document, entry.owner, document_id, republished), cursor
                found = None
            cursor = entry.position
            yield found, cursor

    def _groups(self, name: str, cursor: str | None) -> Iterator[tuple[list[str], str | None]]:
        """Yields the outcomes between which time may run out, and the cursor that continues after them."""
        if name.startswith(DUE) and self.concurrency > 1:
            return self._due_at_once(int(name.removeprefix(DUE)), cursor)
        steps = self._slice(name, cursor, set())
        return (([outcome] if outcome else [], after) for outcome, after in steps)

    def _due_at_once(self, shard: int, cursor: str | None) -> Iterator[tuple[list[str], str | None]]:
        """Does the same as `_due`, with several entries at a time."""
        entries = self.repository.due(shard, self.clock(), cursor)
        check = partial(self._check_entry, republished=set())
        with ThreadPoolExecutor(self.concurrency) as pool:
            while group := [*islice(entries, self.concurrency)]:
                outcomes = [outcome for found in pool.map(check, group) for outcome in found]
                yield outcomes, group[-1].position

    def _check_entry(self, entry: DueEntry, republished: set[str]) -> list[str]:
        """Returns the outcomes of a document, or of at most `OVERDUE_AT_ONCE` documents of an owner."""
        found = [entry.document_id] if entry.document_id else self._recount(entry.owner)
        return [
            self._try(self._check_document, entry.owner, document_id, republished) or FAILED
            for document_id in islice(found, OVERDUE_AT_ONCE)
        ]

    def _recount(self, owner: str) -> Iterator[str]:
        try:
            yield from self.repository.recount(owner, self.clock())
        except Exception:
            self.log_error("recount_failed")

    def _uploads(self, cursor: str | None) -> Iterator[Step]:
        for page, start in list_pages(self.inventory.list_uploads, STAGING, cursor):
            old = [upload for upload in page.entries if self._is_old(upload.initiated)]
            for uploads in self._read_records(old, parse_staging_key):
                for upload, document in uploads:
                    yield self._try(self._check_upload, upload, document), start

    def _versions(
        self, prefix: str, cursor: str | None, parse: ParseKey, check: Callable[[Batch], Iterator[str | None]]
    ) -> Iterator[Step]:
        for page, start in list_pages(self.inventory.list_versions, prefix, cursor):
            for batch in self._read_records(page.entries, parse):
                for outcome in check(batch):
                    yield outcome, start

    def _try(
        self, check: Callable[Parameters, str | None], *args: Parameters.args, **named: Parameters.kwargs
    ) -> str | None:
        """Returns the outcome of one check. Its error is logged and ends nothing else."""
        try:
            return check(*args, **named)
        except Exception:
            self.log_error("check_failed")
            return FAILED

    def _read_records(
        self, entries: Sequence[Listed], parse: ParseKey
    ) -> Iterator[list[tuple[Listed, Document | None]]]:
        """Yields the entries of a listing with their records, as many as one read of the table returns."""
        for start in range(0, len(entries), BATCH):
            listed = entries[start : start + BATCH]
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
            yield self._try(self._republish, document, staged)

    def _republish(self, document: Document, staged: ObjectVersion) -> str:
        self.upload_events.republish(staged.key, staged.version)
        return "attempt_republished" if document.staged_version else "event_republished"

    def _delete(self, versions: Sequence[ObjectVersion]) -> Iterator[str | None]:
        def delete() -> str:
            self.inventory.delete(versions)
            return "deleted_version"

        outcome = self._try(delete)
        yield from (outcome for _ in versions)

    def _is_needed(self, document: Document | None, staged: ObjectVersion) -> bool:
        return is_staged_version_needed(document, staged, url_lifetime=self.url_lifetime, now=self.clock())

    def _is_stalled(self, document: Document, staged: ObjectVersion) -> bool:
        """True if no message will continue. A listing of staging sees this before the record is due."""
        now = self.clock()
        if document.is_open:
            return not staged.is_marker and now - staged.last_modified > LOST_EVENT
        is_processed = document.status is Status.PROCESSING and document.staged_version == staged.version
        return is_processed and not has_lease(document, now) and not is_waiting(document, None, now)

    def _check_stored(self, batch: Batch) -> Iterator[str | None]:
        """Reports an object without a record. It is never deleted, because the record may be wrong, say after a restore.

        The copy exists before the record is `ready`, so a document in progress owns every version of its key.
        """
        for stored, document in batch:
            is_known = document is not None and (
                document.is_in_progress or stored.version == document.stored_version
            )
            yield None if is_known else self._try(self._quarantine, stored)

    def _check_renditions(self, batch: Batch) -> Iterator[str | None]:
        """Deletes renditions that no applied result names: of a stale attempt, or of a document that is not kept."""
        unneeded = [
            stored
            for stored, document in batch
            if document is not None and self._is_old(stored.last_modified) and not _is_named(document, stored)
        ]
        yield from self._delete(unneeded)
        for stored, document in batch:
            yield self._try(self._quarantine, stored) if document is None else None

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
