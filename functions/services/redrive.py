"""Use case of an operator: retries failed documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.domain.events import Ignored, RedriveRequested
from functions.domain.queues import UploadEvents
from functions.domain.repository import DocumentRepository, apply_event


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveService:
    """Retries failed documents whose bytes are still staged."""

    repository: DocumentRepository
    upload_events: UploadEvents
    clock: Callable[[], datetime]

    def redrive(self, owner: str, document_id: str) -> str:
        """Retries one document. Returns the outcome."""
        document = self.repository.get(owner, document_id)
        if document is None or document.staged_version is None:
            return "unknown"
        if apply_event(self.repository, document, RedriveRequested(), self.clock) is Ignored.WRONG_STATE:
            return "not_failed"
        self.upload_events.republish(document.staging_key, document.staged_version)
        return "redriven"
