"""The sweep of stored objects: copies that no record needs, and renditions that no applied result names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.domain.document import Document, Status
from functions.domain.keys import DOCUMENTS, DocumentKey, parse_documents_key, parse_renditions_key
from functions.domain.queues import PurgeQueue
from functions.domain.repository import DocumentRepository
from functions.domain.retention import GRACE, is_purged_since
from functions.domain.storage import BucketInventory, ObjectVersion, version_exists
from functions.services.sweeps.checks import Checks, Progress
from functions.services.sweeps.listed import Batch, ListedRecords, ParseKey

CheckBatch = Callable[[Batch], Iterator[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSweep:
    """Sweeps versions under `documents/` and `renditions/`."""

    listed: ListedRecords
    repository: DocumentRepository
    inventory: BucketInventory
    purge_queue: PurgeQueue
    clock: Callable[[], datetime]
    checks: Checks

    def sweep(self, prefix: str, cursor: str | None) -> Iterator[Progress]:
        parse, check = self._choose_check(prefix)
        return self.listed.check_versions(prefix, cursor, parse, check)

    def check_reported(
        self, prefix: str, versions: Sequence[ObjectVersion], reported_at: datetime
    ) -> Iterator[str | None]:
        """Checks versions of documents or renditions that a report names, as if they had been listed.

        Of a document that was purged since `reported_at`, the report knows no more. The next one tells what is left.
        """
        parse, check = self._choose_check(prefix)
        for batch in self.listed.read(versions, parse):
            yield from check(
                [(row, document) for row, document in batch if not is_purged_since(document, reported_at)]
            )

    def _choose_check(self, prefix: str) -> tuple[ParseKey, CheckBatch]:
        if prefix.startswith(DOCUMENTS):
            return parse_documents_key, self._check_documents
        return parse_renditions_key, self._check_renditions

    def _check_documents(self, batch: Batch) -> Iterator[str | None]:
        """Reports an object without a record. It is never deleted, because the record may be wrong, say after a restore.

        No report is made of what a purge deletes: versions of a deleted document, and the copies of a failed one.
        """
        failed: dict[DocumentKey, None] = {}
        for stored, document in batch:
            if document is None or not _is_known(document, stored):
                yield self.checks.run(self._report_orphan, stored)
                continue
            if document.status is Status.FAILED and self._is_old(stored):
                failed[DocumentKey(document.owner, document.id)] = None
            yield None
        for key in failed:
            yield self.checks.run(self._enqueue_purge, key)

    def _enqueue_purge(self, key: DocumentKey) -> str:
        """Leaves the deletion to the purge, whose lease holds off a redrive. A redrive might name the copy."""
        self.purge_queue.enqueue(*key)
        return "copy_purge_enqueued"

    def _check_renditions(self, batch: Batch) -> Iterator[str | None]:
        """Deletes renditions that no applied result names: of a stale attempt, or of a document that is not kept."""
        unneeded = [
            stored
            for stored, document in batch
            if document is not None and self._is_old(stored) and not _is_named(document, stored)
        ]
        yield from self.checks.delete(self.inventory, unneeded)
        for stored, document in batch:
            yield self.checks.run(self._report_orphan, stored) if document is None else None

    def _report_orphan(self, stored: ObjectVersion) -> str | None:
        if not self._is_old(stored) or not version_exists(self.inventory, stored):
            return None
        is_new = self.repository.report_orphan(stored.key, stored.version, self.clock())
        return "orphan_reported" if is_new else None

    def _is_old(self, stored: ObjectVersion) -> bool:
        return self.clock() - stored.last_modified > GRACE


def _is_known(document: Document, stored: ObjectVersion) -> bool:
    """True for a version that the record names, and for one that will be named or deleted.

    The copy exists before the record is `ready`, so a document in progress owns every version of its key.
    """
    is_purged_later = document.status in (Status.FAILED, Status.DELETED, Status.PURGING)
    return document.is_in_progress or is_purged_later or stored.version == document.stored_version


def _is_named(document: Document, stored: ObjectVersion) -> bool:
    """True while the document may need this rendition. Its worker writes it before its result is applied."""
    if document.is_in_progress:
        return True
    is_kept = document.effective_status is Status.READY
    return is_kept and any(rendition.version == stored.version for rendition in document.renditions)
