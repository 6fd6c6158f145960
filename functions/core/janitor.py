"""What no event will finish: uploads that never came, events that got lost, work that crashed, bytes nobody waits for.

On a consistent system it changes nothing. It trusts no listing: each record is read again before anything is done.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.document import Document, Status
from functions.core.events import CompleteFailed, DeadlinePassed, Refusal
from functions.core.keys import parse_staging_key, staging_key
from functions.core.lifecycle import decide
from functions.core.ports import Arrivals, Conflict, Multipart, OpenUpload, Records, StagedVersion, Staging

GRACE = timedelta(hours=1)
"""Bytes younger than this are left alone: their record, or their event, may still be on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Janitor:
    records: Records
    staging: Staging
    multipart: Multipart
    arrivals: Arrivals
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

    def _round(self) -> Iterator[str | None]:
        """One outcome for each thing looked at, None for what is left alone: time may run out at any of them."""
        for owner, document_id in self.records.due(self.clock()):
            yield self._look_after(owner, document_id)
        for upload in self.staging.uploads():
            yield self._end_upload(upload)
        for staged in self.staging.versions():
            yield self._drop_version(staged)

    def _look_after(self, owner: str, document_id: str) -> str:
        document = self.records.get(owner, document_id)
        if document is None or document.due_at is None or self.clock() < document.due_at:
            return "moved_on"
        if document.status is Status.PROCESSING and document.staged_version:
            self.arrivals.announce(staging_key(owner, document_id), document.staged_version)
            return "announced_again"
        # First come, first served, as if the event had come in time. S3 lists the newest first, and its times are
        # whole seconds, so of two in one second it is the later in the list.
        versions = [*self.staging.versions(staging_key(owner, document_id))]
        arrived = min(reversed(versions), key=lambda v: v.last_modified, default=None)
        if arrived is not None:
            self.arrivals.announce(arrived.key, arrived.version)
            return "announced"
        return self._end(document)

    def _end(self, document: Document) -> str:
        """Nothing has arrived: the time is over, or a call to complete was lost and the client may make another."""
        late = self.clock() >= document.deadline
        decision = decide(
            document, DeadlinePassed() if late else CompleteFailed(document.attempt), self.clock()
        )
        if isinstance(decision, Refusal):
            return "waits"
        try:
            self.records.apply(decision)
        except Conflict:
            return "moved_on"
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

    def _drop_version(self, staged: StagedVersion) -> str | None:
        if not self._is_old(staged.last_modified) or self._needs_version(staged.key, staged.version):
            return None
        self.staging.delete(staged.key, staged.version)
        return "deleted_version"

    def _is_old(self, time: datetime) -> bool:
        return self.clock() - time > GRACE

    def _needs_upload(self, key: str, upload_id: str) -> bool:
        document = self._record(key)
        return document is not None and document.is_moving and document.upload_id == upload_id

    def _needs_version(self, key: str, version: str) -> bool:
        """A failed document keeps its bytes, so that an operator can look at them and try again."""
        document = self._record(key)
        if document is None:
            return False
        if document.status is Status.FAILED:
            return document.staged_version == version
        return document.is_moving

    def _record(self, key: str) -> Document | None:
        staged = parse_staging_key(key)
        return self.records.get(*staged) if staged else None
