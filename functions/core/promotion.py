"""What happens when bytes arrive in staging: claim, inspect, copy, commit, clean up. Every step can run twice.

The order is what makes a crash harmless. The record says `processing` before anything is copied, and `ready` only
after the copy exists; the staged version goes last. Whoever comes after a crash finds the same version, reaches
the same verdict, and the copy that is there already counts as done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.core.advance import advance
from functions.core.document import Document, Status
from functions.core.errors import IntegrityError, version_gone
from functions.core.events import (
    Arrived,
    AttemptFailed,
    CopyStarted,
    Event,
    Paused,
    Promoted,
    Refusal,
    Refused,
    Vanished,
)
from functions.core.inspection import Rejected, inspect
from functions.core.keys import documents_key, parse_staging_key, staging_key
from functions.core.kinds import MAX_SINGLE_PUT, Kinds
from functions.core.ports import Copy, NoSuchUpload, Objects, Opened, Records, StoredObject
from functions.core.sniff import HEAD_BYTES, TAIL_BYTES, Format, sniff, wants_tail


class Outcome(StrEnum):
    """What became of one event; a log line. `LEASED` and `PAUSED` mean: deliver it again, later or at once."""

    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    LEASED = "leased"
    PAUSED = "paused"
    LATE_OBJECT = "late_object"
    OBJECT_GONE = "object_gone"
    OVERTAKEN = "overtaken"
    EVENT_FOREIGN = "event_foreign"


OutOfTime = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Promotion:
    """`single_copy_limit` is bytes; what is larger is copied in parts."""

    records: Records
    objects: Objects
    kinds: Kinds
    clock: Callable[[], datetime]
    single_copy_limit: int = MAX_SINGLE_PUT

    def object_created(self, key: str, version: str, out_of_time: OutOfTime = lambda: False) -> Outcome:
        """Handle the hint that `version` of `key` exists; a long copy stops once `out_of_time`.

        Raises AirlockError if another attempt may do better.
        """
        staged = parse_staging_key(key)
        document = self.records.get(*staged) if staged else None
        if document is None:
            return Outcome.EVENT_FOREIGN
        opened = self.objects.open(key, version, HEAD_BYTES)
        if opened is None:
            gone = self._advance(document, Vanished(version))
            return Outcome.LEASED if gone is Refusal.LEASED else Outcome.OBJECT_GONE
        claim = self._advance(document, Arrived(version))
        if isinstance(claim, Refusal):
            return self._refused(claim, key, version)
        if claim.status is Status.FAILED:
            return Outcome.FAILED
        return self._attempt(claim, opened, out_of_time)

    def _attempt(self, document: Document, opened: Opened, out_of_time: OutOfTime) -> Outcome:
        try:
            document, event = self._work(document, opened, out_of_time)
        except Exception:
            self._advance(document, AttemptFailed(document.attempt))
            raise
        ended = self._advance(document, event)
        if not isinstance(ended, Document):
            return Outcome.OVERTAKEN
        if isinstance(event, Paused):
            return Outcome.PAUSED
        self.objects.delete(staging_key(document.owner, document.id), opened.stored.version)
        return Outcome(ended.status.value)

    def _work(
        self, document: Document, opened: Opened, out_of_time: OutOfTime
    ) -> tuple[Document, Promoted | Refused | Paused]:
        """The record as it is by then, and what to do with it."""
        key, found = staging_key(document.owner, document.id), opened.stored
        if found.size != document.size:
            return document, Refused(document.attempt, "size_mismatch")
        detected = self._detect(key, opened)
        verdict = inspect(detected, document.declared_content_type, self.kinds.named(document.kind))
        if isinstance(verdict, Rejected):
            return document, Refused(document.attempt, verdict.reason, detected.content_type)
        target = documents_key(document.owner, document.id)
        order = Copy(key, found, target, verdict.content_type)
        if found.size <= self.single_copy_limit:
            return document, _promoted(document, order, self.objects.copy(order))
        order = replace(order, source=self._with_checksums(order))
        document, copied = self._copy_in_parts(document, order, out_of_time)
        return document, _promoted(document, order, copied) if copied else Paused(document.attempt)

    def _detect(self, key: str, opened: Opened) -> Format:
        head, size = opened.head, opened.stored.size
        if not wants_tail(head) or size <= len(head):
            return sniff(head)
        start = max(0, size - TAIL_BYTES)
        return sniff(head, self.objects.read(key, opened.stored.version, start, TAIL_BYTES))

    def _with_checksums(self, order: Copy) -> StoredObject:
        """The source with what S3 knows of it as a whole, which a copy in parts is compared with."""
        source = self.objects.head(order.source_key, order.source.version)
        if source is None:
            raise version_gone()
        return source

    def _copy_in_parts(
        self, document: Document, order: Copy, out_of_time: OutOfTime
    ) -> tuple[Document, StoredObject | None]:
        """None if there was no time to finish."""
        if document.copy_upload_id is not None:
            try:
                return document, self.objects.continue_copy(order, document.copy_upload_id, out_of_time)
            except NoSuchUpload:
                pass  # somebody aborted it, such as a lifecycle rule: begin again
        upload_id = self.objects.start_copy(order)
        begun = self._advance(document, CopyStarted(document.attempt, upload_id))
        if not isinstance(begun, Document):
            return document, None
        return begun, self.objects.continue_copy(order, upload_id, out_of_time)

    def _refused(self, refusal: Refusal, key: str, version: str) -> Outcome:
        if refusal is Refusal.LEASED:
            return Outcome.LEASED
        if refusal is Refusal.DONE_ALREADY:
            return Outcome.FAILED
        self.objects.delete(key, version)
        return Outcome.LATE_OBJECT

    def _advance(self, document: Document, event: Event) -> Document | Refusal:
        return advance(self.records, document, event, self.clock)


def _promoted(document: Document, order: Copy, copied: StoredObject) -> Promoted:
    """Raises IntegrityError unless the copy has the size and the checksums that it must have."""
    source, declared = order.source, document.declared_sha256
    same_crc = None in (source.crc64nvme, copied.crc64nvme) or source.crc64nvme == copied.crc64nvme
    if copied.size != document.size or not same_crc or (declared and declared != copied.sha256):
        raise IntegrityError("integrity_error", f"The copy of {document.id} is not what was staged.")
    return Promoted(document.attempt, order.content_type, copied.sha256, copied.version)
