"""Rescans: the verdict of the scanner on the stored version of a document, perhaps months after its upload.

The worker of the step answers as it does during an upload. The version tells both apart: that of the copy under `documents/`
belongs to a rescan. Infected bytes are unreadable with one write, and then a purge deletes them, at once if its task is not
lost, else with the next sweep. A document that its owner has deleted is purged as a whole. Every call can run twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.document_operations import apply_event
from functions.domain.events import Ignored, RescanCompleted
from functions.domain.quarantine import QuarantinedVersion
from functions.domain.queues import PurgeQueue
from functions.domain.repository import DocumentRepository
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import SCAN
from functions.domain.storage import ObjectStore
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.pipeline.engine import Outcome, ReportEnd
from functions.pipeline.quarantine import Quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescan:
    """Applies verdicts on stored versions."""

    repository: DocumentRepository
    objects: ObjectStore
    quarantine: Quarantine
    purge_queue: PurgeQueue
    clock: Callable[[], datetime]
    report_end: ReportEnd = lambda _document, _arrived_at: None

    def process(self, document: Document, result: TaskResult) -> Outcome | None:
        """Returns None for what is no verdict on the stored version. Raises Unavailable if a retry may succeed."""
        verdict = _verdict_of(result)
        if result.step != SCAN or verdict is None or result.version != document.stored_version:
            return None
        event = RescanCompleted(
            step=SCAN,
            version=result.version,
            verdict=verdict,
            detail=result.detail,
            quarantined=self._keep(document, result.version) if verdict is RescanVerdict.INFECTED else None,
        )
        after = apply_event(self.repository, document, event, self.clock)
        if isinstance(after, Ignored):
            return Outcome.STALE_ATTEMPT
        if verdict is not RescanVerdict.INFECTED:
            return Outcome.RESCANNED
        self.purge_queue.enqueue(after.owner, after.id)
        if after.status is Status.REJECTED:
            self.report_end(after, None)
        return Outcome.INFECTED

    def _keep(self, document: Document, version: str) -> QuarantinedVersion | None:
        """Keeps nothing of a document that its owner has deleted, because the purge deletes the quarantine too."""
        if document.status is not Status.READY or not self.quarantine.retention:
            return None
        stored = self.objects.head(document.documents_key, version)
        return self.quarantine.copy(document.documents_key, stored, document) if stored else None


def _verdict_of(result: TaskResult) -> RescanVerdict | None:
    """Returns None for a report of a worker. Only the code of malware changes a document."""
    match result.outcome:
        case TaskOutcome.PASSED:
            return RescanVerdict.CLEAN
        case TaskOutcome.REJECTED if result.code == Code.MALWARE_FOUND:
            return RescanVerdict.INFECTED
        case TaskOutcome.REJECTED:
            return RescanVerdict.INCONCLUSIVE
        case _:
            return None
