"""Use case of an operator: finds documents that wait for a person. Nothing is signed or changed."""

from dataclasses import dataclass

from functions.domain.document import Document
from functions.domain.index_pages import IndexCursor, IndexPage, collect_page
from functions.domain.repository import DocumentRepository
from functions.domain.waiting import is_waiting_for, read_waiting


@dataclass(frozen=True, slots=True)
class WaitingService:
    """Reads documents that wait for a step without end."""

    repository: DocumentRepository

    def list(self, step: str, cursor: IndexCursor | None, limit: int) -> IndexPage[IndexCursor]:
        """Returns a page as `collect_page` does. Raises Unavailable."""
        return collect_page(read_waiting(self.repository, step, cursor or IndexCursor()), limit)

    def find(self, step: str, owner: str, document_id: str) -> Document | None:
        """Returns the document if it waits for the step. Raises Unavailable."""
        document = self.repository.get(owner, document_id)
        return document if document is not None and is_waiting_for(document, step) else None
