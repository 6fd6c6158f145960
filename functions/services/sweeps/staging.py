"""The sweep of staging: versions and multipart uploads that nobody needs, and bytes that wait for a lost event."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.deadlines import Lifetimes
from functions.domain.document import Document, Status
from functions.domain.guards import has_lease, is_waiting_for
from functions.domain.keys import STAGING, parse_staging_key
from functions.domain.kinds import Kinds
from functions.domain.queues import UploadEvents
from functions.domain.retention import GRACE, is_staged_version_needed
from functions.domain.storage import BucketInventory, MultipartStore, ObjectVersion, OpenUpload
from functions.services.sweeps.checks import Checks, Progress
from functions.services.sweeps.listed import Batch, ListedRecords, to_progress

LOST_EVENT = timedelta(minutes=10)
"""Age of a staged version whose document still waits for it, so that its event is taken for lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingSweep:
    """Sweeps versions and multipart uploads of staging.

    `republished` collects the keys whose event was republished, so that a sweep does so once.
    """

    listed: ListedRecords
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    kinds: Kinds
    lifetimes: Lifetimes
    clock: Callable[[], datetime]
    checks: Checks
    republished: set[str]

    def sweep_versions(self, prefix: str, cursor: str | None) -> Iterator[Progress]:
        return self.listed.check_versions(prefix, cursor, parse_staging_key, self._check_batch)

    def sweep_uploads(self, cursor: str | None) -> Iterator[Progress]:
        old = self.clock() - GRACE
        for upload, document, start in self.listed.list_uploads(STAGING, cursor, old, parse_staging_key):
            yield to_progress(self.checks.run(self._check_upload, upload, document), start)

    def _check_upload(self, upload: OpenUpload, document: Document | None) -> str | None:
        if document is not None and document.is_in_progress and document.upload_id == upload.upload_id:
            return None
        self.multipart.abort(upload.key, upload.upload_id)
        return "aborted_upload"

    def _check_batch(self, batch: Batch) -> Iterator[str | None]:
        """Deletes what nobody needs any more, with one request, and finds bytes that wait for a lost event."""
        unneeded = [staged for staged, document in batch if not self._is_needed(document, staged)]
        yield from self.checks.delete(self.inventory, unneeded)
        # S3 lists the newest version of a key first, and the event of the oldest one is the first.
        for staged, document in reversed(batch):
            if document is None or staged.key in self.republished or not self._is_stalled(document, staged):
                yield None
                continue
            self.republished.add(staged.key)
            yield self.checks.run(self._republish, document, staged)

    def _republish(self, document: Document, staged: ObjectVersion) -> str:
        self.upload_events.republish(staged.key, staged.version)
        return "attempt_republished" if document.staged_version else "event_republished"

    def _is_needed(self, document: Document | None, staged: ObjectVersion) -> bool:
        return is_staged_version_needed(document, staged, url_lifetime=self.lifetimes.url, now=self.clock())

    def _is_stalled(self, document: Document, staged: ObjectVersion) -> bool:
        """True if no message will continue. A listing of staging sees this before the record is due.

        A document that waits without end for a step which a deployment has removed from its kind is never due.
        """
        now = self.clock()
        if document.is_open:
            return not staged.is_marker and now - staged.last_modified > LOST_EVENT
        is_processed = document.status is Status.PROCESSING and document.staged_version == staged.version
        steps = self.kinds.list_steps(document.kind)
        return is_processed and not has_lease(document, now) and not is_waiting_for(document, steps, now)
