"""Promotion of bytes that arrived in staging: lease, inspect, copy, commit, delete. Every step can run twice.

The order makes a crash harmless. The record is `processing` before anything is copied, and `ready` only after the copy
exists. The staged version is deleted last. A retry finds the same version, reaches the same verdict, and accepts an existing
copy of that version.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.detection import HEAD_BYTES, TAIL_BYTES, Format, needs_tail, sniff
from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.errors import IntegrityError, version_gone
from functions.domain.events import (
    AttemptFailed,
    CopyPaused,
    CopyStarted,
    Event,
    Ignored,
    InspectionFailed,
    ObjectArrived,
    ObjectMissing,
    Promoted,
)
from functions.domain.keys import documents_key, parse_staging_key, staging_key
from functions.domain.kinds import MAX_SINGLE_PUT, Kinds
from functions.domain.repository import DocumentRepository, apply_event
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectHead, ObjectStore, StoredObject
from functions.pipeline.inspection import Rejected, inspect


class Outcome(StrEnum):
    """The outcome of one event, for the log. `LEASED` asks for a later delivery, `PAUSED` for one at once."""

    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    LEASED = "leased"
    PAUSED = "paused"
    ORPHANED_VERSION = "orphaned_version"
    OBJECT_GONE = "object_gone"
    STALE_ATTEMPT = "stale_attempt"
    FOREIGN_EVENT = "foreign_event"


OutOfTime = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Promotes staged versions. Objects above `single_copy_limit` (bytes) are copied in parts."""

    repository: DocumentRepository
    objects: ObjectStore
    kinds: Kinds
    clock: Callable[[], datetime]
    single_copy_limit: int = MAX_SINGLE_PUT

    def promote(self, key: str, version: str, is_out_of_time: OutOfTime = lambda: False) -> Outcome:
        """Promotes or rejects `version` of `key`. A long copy pauses when `is_out_of_time()`.

        The event is a hint: only what S3 returns for the version counts. Raises AirlockError if a retry may succeed.
        """
        record_key = parse_staging_key(key)
        document = self.repository.get(*record_key) if record_key else None
        if document is None:
            return Outcome.FOREIGN_EVENT
        staged = self.objects.open(key, version, HEAD_BYTES)
        if staged is None:
            result = self._apply_event(document, ObjectMissing(version))
            return Outcome.LEASED if result is Ignored.LEASED else Outcome.OBJECT_GONE
        leased = self._apply_event(document, ObjectArrived(version))
        if isinstance(leased, Ignored):
            return self._handle_ignored(leased, key, version)
        if leased.status is Status.FAILED:
            return Outcome.FAILED
        return self._attempt(leased, staged, is_out_of_time)

    def _attempt(self, document: Document, staged: ObjectHead, is_out_of_time: OutOfTime) -> Outcome:
        try:
            document, event = self._inspect_and_copy(document, staged, is_out_of_time)
        except Exception:
            self._apply_event(document, AttemptFailed(document.attempt))
            raise
        result = self._apply_event(document, event)
        if not isinstance(result, Document):
            return Outcome.STALE_ATTEMPT
        if isinstance(event, CopyPaused):
            return Outcome.PAUSED
        self.objects.delete(staging_key(document.owner, document.id), staged.stored.version)
        return Outcome(result.status.value)

    def _inspect_and_copy(
        self, document: Document, staged: ObjectHead, is_out_of_time: OutOfTime
    ) -> tuple[Document, Promoted | InspectionFailed | CopyPaused]:
        """Returns the record as it is by then, and the event that ends this attempt."""
        key, source = staging_key(document.owner, document.id), staged.stored
        if source.size != document.size:
            return document, InspectionFailed(document.attempt, Code.SIZE_MISMATCH)
        detected = self._detect(key, staged)
        verdict = inspect(detected, document.declared_content_type, self.kinds.get(document.kind))
        if isinstance(verdict, Rejected):
            return document, InspectionFailed(document.attempt, verdict.reason, detected.content_type)
        target = documents_key(document.owner, document.id)
        request = CopyRequest(key, source, target, verdict.content_type)
        if source.size <= self.single_copy_limit:
            return document, _check_copy(document, request, self.objects.copy(request))
        request = replace(request, source=self._read_checksums(request))
        document, copied = self._copy_in_parts(document, request, is_out_of_time)
        return document, _check_copy(document, request, copied) if copied else CopyPaused(document.attempt)

    def _detect(self, key: str, staged: ObjectHead) -> Format:
        head, size = staged.head, staged.stored.size
        if not needs_tail(head) or size <= len(head):
            return sniff(head)
        start = max(0, size - TAIL_BYTES)
        return sniff(head, self.objects.read(key, staged.stored.version, start, TAIL_BYTES))

    def _read_checksums(self, request: CopyRequest) -> StoredObject:
        """Returns the source with the checksums of the whole object, which a copy in parts is compared with."""
        source = self.objects.head(request.source_key, request.source.version)
        if source is None:
            raise version_gone()
        return source

    def _copy_in_parts(
        self, document: Document, request: CopyRequest, is_out_of_time: OutOfTime
    ) -> tuple[Document, StoredObject | None]:
        """Starts or resumes a copy. The copy is None if time ran out first."""
        if document.copy_upload_id is not None:
            try:
                return document, self.objects.continue_copy(request, document.copy_upload_id, is_out_of_time)
            except NoSuchUpload:
                pass  # aborted, for example by the lifecycle rule: start again
        upload_id = self.objects.start_copy(request)
        started = self._apply_event(document, CopyStarted(document.attempt, upload_id))
        if not isinstance(started, Document):
            return document, None
        return started, self.objects.continue_copy(request, upload_id, is_out_of_time)

    def _handle_ignored(self, ignored: Ignored, key: str, version: str) -> Outcome:
        if ignored is Ignored.LEASED:
            return Outcome.LEASED
        if ignored is Ignored.ALREADY_APPLIED:
            return Outcome.FAILED
        self.objects.delete(key, version)
        return Outcome.ORPHANED_VERSION

    def _apply_event(self, document: Document, event: Event) -> Document | Ignored:
        return apply_event(self.repository, document, event, self.clock)


def _check_copy(document: Document, request: CopyRequest, copied: StoredObject) -> Promoted:
    """Returns the event of a good copy. Raises IntegrityError unless size and checksums are those of the source."""
    source, declared = request.source, document.declared_sha256
    is_same_crc = None in (source.crc64nvme, copied.crc64nvme) or source.crc64nvme == copied.crc64nvme
    if copied.size != document.size or not is_same_crc or (declared and declared != copied.sha256):
        raise IntegrityError(
            Code.INTEGRITY_ERROR, f"The copy of {document.id} differs from the staged version."
        )
    return Promoted(document.attempt, request.content_type, copied.sha256, copied.version)
