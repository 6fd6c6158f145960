"""The sweep of what is due: uploads past their deadline, attempts without a result, documents that nobody has claimed, and deletes past their window."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from functions.domain.deadlines import Lifetimes
from functions.domain.document import Document, Status
from functions.domain.document_operations import apply_event, extend_with_parts
from functions.domain.events import ClaimTimePassed, CompleteFailed, DeadlinePassed, Ignored, RetentionPassed
from functions.domain.queues import PurgeQueue, UploadEvents
from functions.domain.repository import DocumentRepository, DueEntry
from functions.domain.storage import BucketInventory, MultipartStore, ObjectVersion
from functions.services.sweeps.checks import FAILED, Checks, Progress

OVERDUE_AT_ONCE = 500
"""Documents of one owner that are handled before the sweep looks at the time. Each takes some 50 ms. The owner stays due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSweep:
    """Sweeps the index of what is due with `concurrency` threads, because nearly all of the time is spent waiting.

    `republished` collects the keys whose event was republished, so that a sweep does so once.
    """

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    lifetimes: Lifetimes
    clock: Callable[[], datetime]
    checks: Checks
    concurrency: int
    republished: set[str]

    def sweep(self, shard: int, cursor: str | None) -> Iterator[Progress]:
        """Handles as many entries at a time as there are threads."""
        entries = self.repository.due(shard, self.clock(), cursor)
        if self.concurrency == 1:  # in this thread, so that tests can interrupt each call
            yield from self._check_groups(entries, map)
            return
        with ThreadPoolExecutor(self.concurrency) as pool:
            yield from self._check_groups(entries, pool.map)

    def _check_groups(
        self,
        entries: Iterator[DueEntry],
        run: Callable[[Callable[[DueEntry], list[str]], list[DueEntry]], Iterable[list[str]]],
    ) -> Iterator[Progress]:
        while group := [*islice(entries, self.concurrency)]:
            outcomes = [outcome for found in run(self._check_entry, group) for outcome in found]
            yield outcomes, group[-1].position

    def _check_entry(self, entry: DueEntry) -> list[str]:
        """Returns the outcomes of a document, or of at most `OVERDUE_AT_ONCE` documents of an owner."""
        found = [entry.document_id] if entry.document_id else self._recount(entry.owner)
        return [
            self.checks.run(self._check_document, entry.owner, document_id) or FAILED
            for document_id in islice(found, OVERDUE_AT_ONCE)
        ]

    def _recount(self, owner: str) -> Iterator[str]:
        try:
            yield from self.repository.recount(owner, self.clock())
        except Exception:
            self.checks.log_error("recount_failed")

    def _check_document(self, owner: str, document_id: str) -> str:
        document = self.repository.get(owner, document_id)
        if document is None or document.next_check_at is None or self.clock() < document.next_check_at:
            return "not_due"
        if document.status in (Status.DELETED, Status.PURGING):
            self.purge_queue.enqueue(owner, document_id)
            return "purge_enqueued"
        if document.status is Status.READY:
            return self._expire_unclaimed(document)
        if document.status in (Status.REJECTED, Status.EXPIRED):
            self.purge_queue.enqueue(owner, document_id)
            return "copy_purge_enqueued"
        if document.status is Status.FAILED:
            return self._end_retention(document)
        if document.status is Status.PROCESSING and document.staged_version:
            self._republish(document.staging_key, document.staged_version)
            return "attempt_republished"
        arrived = self._find_first_version(document.staging_key)
        if arrived is not None:
            self._republish(arrived.key, arrived.version)
            return "event_republished"
        return self._close(document)

    def _end_retention(self, document: Document) -> str:
        """Deletes the document without a restore window, and enqueues its purge, which releases the bytes."""
        if isinstance(apply_event(self.repository, document, RetentionPassed(), self.clock), Ignored):
            return "unchanged"
        self.purge_queue.enqueue(document.owner, document.id)
        return "retention_ended"

    def _expire_unclaimed(self, document: Document) -> str:
        """Ends a document that nobody has claimed in time, unless a claim is written first, and enqueues its purge."""
        if isinstance(apply_event(self.repository, document, ClaimTimePassed(), self.clock), Ignored):
            return "unchanged"
        self.purge_queue.enqueue(document.owner, document.id)
        return "unclaimed_expired"

    def _republish(self, key: str, version: str) -> None:
        self.republished.add(key)
        self.upload_events.republish(key, version)

    def _find_first_version(self, key: str) -> ObjectVersion | None:
        """Returns the version whose event would have come first.

        S3 lists the newest first and its times are whole seconds, so the listing is reversed before the oldest is taken.
        """
        listed = [*self.inventory.versions(key)]
        versions = [version for version in reversed(listed) if version.key == key and not version.is_marker]
        return min(versions, key=lambda version: version.last_modified, default=None)

    def _close(self, document: Document) -> str:
        """Nothing has arrived. The upload expires, or a completion whose result is lost can be repeated."""
        is_late, lifetimes = self.clock() >= document.upload_deadline, self.lifetimes
        if is_late and extend_with_parts(self.repository, self.multipart, document, lifetimes, self.clock):
            return "extended"
        event = DeadlinePassed() if is_late else CompleteFailed(document.attempt)
        if isinstance(apply_event(self.repository, document, event, self.clock), Ignored):
            return "unchanged"
        if not is_late:
            return "reopened"
        if document.upload_id is not None:
            self.multipart.abort(document.staging_key, document.upload_id)
        return "expired"
