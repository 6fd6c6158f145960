"""Use case of an operator: finds documents that wait for a person. Nothing is signed or changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.domain.document import Document
from functions.domain.repository import DocumentRepository
from functions.domain.waiting import WaitingCursor, is_waiting_for, read_waiting


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Documents that wait, and the place to continue at, None at the end."""

    documents: Sequence[Document]
    cursor: WaitingCursor | None


@dataclass(frozen=True, slots=True)
class WaitingService:
    """Reads documents that wait for a step without end."""

    repository: DocumentRepository

    def list(self, step: str, cursor: WaitingCursor | None, limit: int) -> WaitingPage:
        """Returns at least `limit` documents, and fewer than a batch more, or all that are left. Raises Unavailable."""
        found: list[Document] = []
        for documents, place in read_waiting(self.repository, step, cursor or WaitingCursor()):
            found += documents
            if len(found) >= limit:
                return WaitingPage(found, place)
        return WaitingPage(found, None)

    def find(self, step: str, owner: str, document_id: str) -> Document | None:
        """Returns the document if it waits for the step. Raises Unavailable."""
        document = self.repository.get(owner, document_id)
        return document if document is not None and is_waiting_for(document, step) else None
