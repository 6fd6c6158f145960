"""The engine: takes an S3 event or a worker's result, runs the steps that have not passed yet, and writes what came of it.

Every call can run twice. The record is `processing` before a step runs, and `ready` only after every gate of its kind has
passed for this very version. A run has a lease and a number, so that a stale one changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from functions.detection import HEAD_BYTES
from functions.domain.arrived_file import describe_file
from functions.domain.document import Document, Method, Status
from functions.domain.document_operations import apply_event
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.errors import Unavailable
from functions.domain.events import (
    AttemptEnded,
    AttemptOutcome,
    Event,
    Ignored,
    ObjectArrived,
    ObjectMissing,
    ResultArrived,
    StepReported,
)
from functions.domain.keys import parse_staging_key
from functions.domain.kinds import Kinds
from functions.domain.repository import DocumentRepository
from functions.domain.storage import ObjectHead, ObjectStore
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.pipeline.quarantine import Quarantine
from functions.pipeline.run import Run
from functions.pipeline.step import Step

RETRY_DELAY = timedelta(minutes=1)
"""Time until a task is sent again after its worker has said `unavailable`. The next sweep after it sends the task."""


ReportEnd = Callable[[Document, datetime | None], None]
"""Receives a document that is ready, rejected or failed, and the time when its bytes arrived, if an event says so."""


class Outcome(StrEnum):
    """The outcome of one event or result, for the log. `LEASED` asks for a later delivery."""

    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    SUSPENDED = "suspended"
    WAITING = "waiting"
    LEASED = "leased"
    ORPHANED_VERSION = "orphaned_version"
    OBJECT_GONE = "object_gone"
    STALE_ATTEMPT = "stale_attempt"
    ALREADY_APPLIED = "already_applied"
    RESCANNED = "rescanned"
    INFECTED = "infected"
    """A rescan has found malware in a document that was ready."""
    FOREIGN_EVENT = "foreign_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Runs the pipeline of a document's kind. `first` and `last` are the built-in steps, `steps` all others by name.

    `timeouts` are those of the steps with a worker. The bytes of a document that fails are kept for `failed_retention`,
    None: without end. `quarantine` keeps infected bytes. `process_rescan` takes results on stored versions, and returns None
    for all others.
    """

    repository: DocumentRepository
    objects: ObjectStore
    kinds: Kinds
    first: Sequence[Step]
    steps: Mapping[str, Step]
    last: Sequence[Step]
    timeouts: Mapping[str, timedelta | None]
    clock: Callable[[], datetime]
    quarantine: Quarantine
    failed_retention: timedelta | None = None
    report_end: ReportEnd = lambda _document, _arrived_at: None
    process_rescan: Callable[[Document, TaskResult], Outcome | None] = lambda _document, _result: None

    def process_upload(self, key: str, version: str, arrived_at: datetime | None = None) -> Outcome:
        """Processes the event of a staged version. Raises AirlockError if a retry may succeed.

        The event is a hint: only what S3 returns for the version counts. `arrived_at` is for `report_end` alone.
        """
        record_key = parse_staging_key(key)
        document = self.repository.get(*record_key) if record_key else None
        if document is None or document.staging_key != key:
            return Outcome.FOREIGN_EVENT
        steps = self.kinds.list_steps(document.kind)
        arrived = ObjectArrived(version, self.failed_retention, kind_steps=steps)
        return self._claim(document, version, arrived, None, arrived_at)

    def process_result(self, result: TaskResult) -> Outcome:
        """Processes what the worker of a step says. Raises AirlockError if a retry may succeed."""
        document = self.repository.get(result.owner, result.document_id)
        if document is None:
            return Outcome.FOREIGN_EVENT
        if (rescanned := self.process_rescan(document, result)) is not None:
            return rescanned
        if result.outcome in (TaskOutcome.PROGRESS, TaskOutcome.UNAVAILABLE):
            return self._report(document, result)
        event = ResultArrived(
            result.step, result.version, result.attempt, bool(result.facts), self.failed_retention
        )
        return self._claim(document, result.version, event, result)

    def _report(self, document: Document, result: TaskResult) -> Outcome:
        is_progress = result.outcome is TaskOutcome.PROGRESS
        delay = self.timeouts[result.step] if is_progress else RETRY_DELAY
        resume_at = self.clock() + delay if delay is not None else None
        event = StepReported(
            step=result.step,
            version=result.version,
            attempt=result.attempt,
            detail=result.detail,
            resume_at=resume_at,
            keeps_token=is_progress,
        )
        reported = self._apply_event(document, event)
        return Outcome.WAITING if isinstance(reported, Document) else Outcome.STALE_ATTEMPT

    def _claim(
        self,
        document: Document,
        version: str,
        event: ObjectArrived | ResultArrived,
        result: TaskResult | None,
        arrived_at: datetime | None = None,
    ) -> Outcome:
        staged = self.objects.open(document.staging_key, version, HEAD_BYTES)
        if staged is None:
            missing = self._apply_event(document, ObjectMissing(version))
            return Outcome.LEASED if missing is Ignored.LEASED else Outcome.OBJECT_GONE
        file = describe_file(document, self.kinds.get(document.kind), staged.stored.size, staged.file_name)
        claimed = self._apply_event(document, replace(event, file=file))
        if isinstance(claimed, Ignored):
            return self._handle_ignored(claimed, document, staged)
        if claimed.status is Status.FAILED:
            self.report_end(claimed, arrived_at)
            return Outcome.FAILED
        return self._run(claimed, staged, result, arrived_at)

    def _run(
        self,
        document: Document,
        staged: ObjectHead,
        result: TaskResult | None,
        arrived_at: datetime | None,
    ) -> Outcome:
        kind = self.kinds.get(document.kind)
        listed = [self.steps[name] for name in kind.steps] if kind else []
        run = Run(document, staged, kind, (*self.first, *listed, *self.last), self.objects, self.clock)
        try:
            ended = run.advance(result)
            ended = self.quarantine.keep(document, staged.stored, ended)
            after = self._end(document, ended)
        except Exception as error:
            self._end_early(document, error)
            raise
        if not isinstance(after, Document):
            return Outcome.STALE_ATTEMPT
        if after.status in (Status.READY, Status.REJECTED):
            self._discard(after, staged.stored.version)
        if after.status is Status.PROCESSING:
            return Outcome.SUSPENDED
        self.report_end(after, arrived_at)
        return Outcome(after.status.value)

    def _end(self, document: Document, ended: AttemptEnded) -> Document | Ignored:
        kind = self.kinds.get(document.kind)
        duplicates = kind.duplicates if kind else DuplicatePolicy.KEEP
        claim_within = kind.claim_within if kind else None
        ended = replace(
            ended,
            failed_retention=self.failed_retention,
            duplicates=duplicates,
            claim_within=claim_within,
        )
        return self._apply_event(document, ended)

    def _end_early(self, document: Document, error: Exception) -> None:
        """Ends a run that an error has stopped, perhaps one of its last write. If that write took effect, nothing changes.

        If this write fails too, the lease passes, and the attempt counts.
        """
        is_fault = isinstance(error, Unavailable)
        outcome = AttemptOutcome.UNAVAILABLE if is_fault else AttemptOutcome.CRASHED
        with suppress(Unavailable):
            self._end(document, AttemptEnded(attempt=document.attempt, outcome=outcome))

    def _discard(self, document: Document, version: str) -> None:
        """Deletes a staged version whose key no URL can write again: that of a multipart upload.

        While the URL of a PUT is valid, only the object makes S3 refuse a second PUT, so the sweep deletes that one.
        """
        if document.method is Method.MULTIPART:
            self.objects.delete(document.staging_key, version)

    def _handle_ignored(self, ignored: Ignored, document: Document, staged: ObjectHead) -> Outcome:
        match ignored:
            case Ignored.LEASED:
                return Outcome.LEASED
            case Ignored.WAITING:
                return Outcome.WAITING
            case Ignored.ALREADY_APPLIED:
                return Outcome.ALREADY_APPLIED
            case Ignored.STALE_ATTEMPT:
                return Outcome.STALE_ATTEMPT
            case _:
                self._discard_orphan(document, staged)
                return Outcome.ORPHANED_VERSION

    def _discard_orphan(self, document: Document, staged: ObjectHead) -> None:
        """Deletes a version of a form that its document does not take, and counts its bytes, because S3 accepts a form again."""
        version = staged.stored.version
        if document.method is Method.POST and self._takes_no_more(document, version):
            self.repository.add_daily_bytes(document.owner, staged.stored.size, self.clock())
            self.objects.delete(document.staging_key, version)
        self._discard(document, version)

    def _takes_no_more(self, document: Document, version: str) -> bool:
        """True if the upload is over without this version. Reads the record again, because it may have changed since."""
        current = self.repository.get(document.owner, document.id)
        return current is not None and not current.is_open and current.staged_version != version

    def _apply_event(self, document: Document, event: Event) -> Document | Ignored:
        return apply_event(self.repository, document, event, self.clock)
