"""What happens when bytes arrive in staging: claim, inspect, copy, commit, clean up. Every step can run twice.

The order is what makes a crash harmless. The record says `processing` before anything is copied, and `ready` only
after the copy exists; the staged version goes last. Whoever comes after a crash finds the same version, reaches
the same verdict, and the copy that is there already counts as done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.detection import HEAD_BYTES, TAIL_BYTES, Format, sniff, wants_tail
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
    """What became of one event; a log line. `LEASED` and `PAUSED` mean: deliver it again, later or at once."""

    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    LEASED = "has_lease"
    PAUSED = "paused"
    LATE_OBJECT = "late_object"
    OBJECT_GONE = "object_gone"
    STALE_ATTEMPT = "overtaken"
    EVENT_FOREIGN = "event_foreign"


OutOfTime = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Promotion:
    """`single_copy_limit` is bytes; what is larger is copied in parts."""

    repository: DocumentRepository
    objects: ObjectStore
    kinds: Kinds
    clock: Callable[[], datetime]
    single_copy_limit: int = MAX_SINGLE_PUT

    def object_created(self, key: str, version: str, out_of_time: OutOfTime = lambda: False) -> Outcome:
        """Handle the hint that `version` of `key` exists; a long copy stops once `out_of_time`.

        Raises AirlockError if another attempt may do better.
        """
        staged = parse_staging_key(key)
        document = self.repository.get(*staged) if staged else None
        if document is None:
            return Outcome.EVENT_FOREIGN
        opened = self.objects.open(key, version, HEAD_BYTES)
        if opened is None:
            gone = self._apply_event(document, ObjectMissing(version))
            return Outcome.LEASED if gone is Ignored.LEASED else Outcome.OBJECT_GONE
        claim = self._apply_event(document, ObjectArrived(version))
        if isinstance(claim, Ignored):
            return self._refused(claim, key, version)
        if claim.status is Status.FAILED:
            return Outcome.FAILED
        return self._attempt(claim, opened, out_of_time)

    def _attempt(self, document: Document, opened: ObjectHead, out_of_time: OutOfTime) -> Outcome:
        try:
            document, event = self._work(document, opened, out_of_time)
        except Exception:
            self._apply_event(document, AttemptFailed(document.attempt))
            raise
        ended = self._apply_event(document, event)
        if not isinstance(ended, Document):
            return Outcome.STALE_ATTEMPT
        if isinstance(event, CopyPaused):
            return Outcome.PAUSED
        self.objects.delete(staging_key(document.owner, document.id), opened.stored.version)
        return Outcome(ended.status.value)

    def _work(
        self, document: Document, opened: ObjectHead, out_of_time: OutOfTime
    ) -> tuple[Document, Promoted | InspectionFailed | CopyPaused]:
        """The record as it is by then, and what to do with it."""
        key, found = staging_key(document.owner, document.id), opened.stored
        if found.size != document.size:
            return document, InspectionFailed(document.attempt, Code.SIZE_MISMATCH)
        detected = self._detect(key, opened)
        verdict = inspect(detected, document.declared_content_type, self.kinds.named(document.kind))
        if isinstance(verdict, Rejected):
            return document, InspectionFailed(document.attempt, verdict.reason, detected.content_type)
        target = documents_key(document.owner, document.id)
        request = CopyRequest(key, found, target, verdict.content_type)
        if found.size <= self.single_copy_limit:
            return document, _promoted(document, request, self.objects.copy(request))
        request = replace(request, source=self._with_checksums(request))
        document, copied = self._copy_in_parts(document, request, out_of_time)
        return document, _promoted(document, request, copied) if copied else CopyPaused(document.attempt)

    def _detect(self, key: str, opened: ObjectHead) -> Format:
        head, size = opened.head, opened.stored.size
        if not wants_tail(head) or size <= len(head):
            return sniff(head)
        start = max(0, size - TAIL_BYTES)
        return sniff(head, self.objects.read(key, opened.stored.version, start, TAIL_BYTES))

    def _with_checksums(self, request: CopyRequest) -> StoredObject:
        """The source with what S3 knows of it as a whole, which a copy in parts is compared with."""
        source = self.objects.head(request.source_key, request.source.version)
        if source is None:
            raise version_gone()
        return source

    def _copy_in_parts(
        self, document: Document, request: CopyRequest, out_of_time: OutOfTime
    ) -> tuple[Document, StoredObject | None]:
        """None if there was no time to finish."""
        if document.copy_upload_id is not None:
            try:
                return document, self.objects.continue_copy(request, document.copy_upload_id, out_of_time)
            except NoSuchUpload:
                pass  # somebody aborted it, such as a lifecycle rule: begin again
        upload_id = self.objects.start_copy(request)
        begun = self._apply_event(document, CopyStarted(document.attempt, upload_id))
        if not isinstance(begun, Document):
            return document, None
        return begun, self.objects.continue_copy(request, upload_id, out_of_time)

    def _refused(self, refusal: Ignored, key: str, version: str) -> Outcome:
        if refusal is Ignored.LEASED:
            return Outcome.LEASED
        if refusal is Ignored.ALREADY_APPLIED:
            return Outcome.FAILED
        self.objects.delete(key, version)
        return Outcome.LATE_OBJECT

    def _apply_event(self, document: Document, event: Event) -> Document | Ignored:
        return apply_event(self.repository, document, event, self.clock)


def _promoted(document: Document, request: CopyRequest, copied: StoredObject) -> Promoted:
    """Raises IntegrityError unless the copy has the size and the checksums that it must have."""
    source, declared = request.source, document.declared_sha256
    same_crc = None in (source.crc64nvme, copied.crc64nvme) or source.crc64nvme == copied.crc64nvme
    if copied.size != document.size or not same_crc or (declared and declared != copied.sha256):
        raise IntegrityError(Code.INTEGRITY_ERROR, f"The copy of {document.id} is not what was staged.")
    return Promoted(document.attempt, request.content_type, copied.sha256, copied.version)
