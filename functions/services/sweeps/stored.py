"""The sweep of stored objects: copies without a record, and renditions that no applied result names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.domain.document import Document, Status
from functions.domain.keys import DOCUMENTS, parse_documents_key, parse_renditions_key
from functions.domain.repository import DocumentRepository
from functions.domain.retention import GRACE
from functions.domain.storage import BucketInventory, ObjectVersion
from functions.services.sweeps.checks import Checks, Progress
from functions.services.sweeps.listed import Batch, ListedRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSweep:
    """Sweeps versions under `documents/` and `renditions/`."""

    listed: ListedRecords
    repository: DocumentRepository
    inventory: BucketInventory
    clock: Callable[[], datetime]
    checks: Checks

    def sweep(self, prefix: str, cursor: str | None) -> Iterator[Progress]:
        if prefix.startswith(DOCUMENTS):
            return self.listed.check_versions(prefix, cursor, parse_documents_key, self._check_documents)
        return self.listed.check_versions(prefix, cursor, parse_renditions_key, self._check_renditions)

    def _check_documents(self, batch: Batch) -> Iterator[str | None]:
        """Reports an object without a record. It is never deleted, because the record may be wrong, say after a restore.

        The copy exists before the record is `ready`, so a document in progress owns every version of its key.
        """
        for stored, document in batch:
            is_known = document is not None and (
                document.is_in_progress or stored.version == document.stored_version
            )
            yield None if is_known else self.checks.run(self._quarantine, stored)

    def _check_renditions(self, batch: Batch) -> Iterator[str | None]:
        """Deletes renditions that no applied result names: of a stale attempt, or of a document that is not kept."""
        unneeded = [
            stored
            for stored, document in batch
            if document is not None and self._is_old(stored) and not _is_named(document, stored)
        ]
        yield from self.checks.delete(self.inventory, unneeded)
        for stored, document in batch:
            yield self.checks.run(self._quarantine, stored) if document is None else None

    def _quarantine(self, stored: ObjectVersion) -> str | None:
        if not self._is_old(stored):
            return None
        is_new = self.repository.quarantine(stored.key, stored.version, self.clock())
        return "quarantined" if is_new else None

    def _is_old(self, stored: ObjectVersion) -> bool:
        return self.clock() - stored.last_modified > GRACE


def _is_named(document: Document, stored: ObjectVersion) -> bool:
    """True while the document may need this rendition. Its worker writes it before its result is applied."""
    if document.is_in_progress:
        return True
    is_kept = document.effective_status is Status.READY
    return is_kept and any(rendition.version == stored.version for rendition in document.renditions)
