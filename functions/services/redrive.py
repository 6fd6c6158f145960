"""Use cases of an operator: lists failed documents, and retries them one by one or all that a query selects."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from functions.domain.document import Document, Status
from functions.domain.document_operations import apply_event
from functions.domain.events import Ignored, RedriveRequested
from functions.domain.failed import FailedCursor, FailedQuery, read_failed
from functions.domain.guards import is_final_failure
from functions.domain.index_pages import IndexPage, collect_page
from functions.domain.queues import UploadEvents
from functions.domain.repository import DocumentRepository


@dataclass(frozen=True, slots=True)
class RedriveResult:
    """The number of documents by outcome, and the place to continue at, None at the end."""

    outcomes: Counter[str]
    cursor: FailedCursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveService:
    """Retries failed documents whose bytes are still staged, with `concurrency` threads, which mostly wait."""

    repository: DocumentRepository
    upload_events: UploadEvents
    clock: Callable[[], datetime]
    log_error: Callable[[str], object]
    concurrency: int = 1

    def redrive(self, owner: str, document_id: str) -> str:
        """Retries one document. Returns the outcome."""
        document = self.repository.get(owner, document_id)
        return "unknown" if document is None else self._redrive(document)

    def redrive_failed(
        self,
        query: FailedQuery,
        cursor: FailedCursor | None,
        is_out_of_time: Callable[[], bool],
        *,
        dry_run: bool = False,
    ) -> RedriveResult:
        """Retries all documents that the query selects, as far as time allows. A dry run only counts them.

        Raises Unavailable if they cannot be listed.
        """
        outcomes: Counter[str] = Counter()
        handle = _count_only if dry_run else self._try_redrive
        for documents, place in self._read_failed(query, cursor):
            outcomes.update(self._map(handle, documents))
            if is_out_of_time():
                return RedriveResult(outcomes, place)
        return RedriveResult(outcomes, None)

    def list_failed(
        self, query: FailedQuery, cursor: FailedCursor | None, limit: int
    ) -> IndexPage[FailedCursor]:
        """Returns a page of the documents that the query selects, as `collect_page` does. Raises Unavailable."""
        return collect_page(self._read_failed(query, cursor), limit)

    def _read_failed(
        self, query: FailedQuery, cursor: FailedCursor | None
    ) -> Iterator[tuple[Sequence[Document], FailedCursor]]:
        return read_failed(self.repository, query, cursor or FailedCursor(self.clock()))

    def _map(self, handle: Callable[[Document], str], documents: Sequence[Document]) -> Iterable[str]:
        if self.concurrency == 1:
            return map(handle, documents)
        with ThreadPoolExecutor(self.concurrency) as pool:
            return [*pool.map(handle, documents)]

    def _try_redrive(self, document: Document) -> str:
        """The error of one document is logged and ends nothing else."""
        try:
            return self._redrive(document)
        except Exception:
            self.log_error("redrive_failed")
            return "error"

    def _redrive(self, document: Document) -> str:
        if _is_not_redrivable(document):
            return "not_redrivable"
        if document.staged_version is None:
            return "unknown"
        result = apply_event(self.repository, document, RedriveRequested(), self.clock)
        if result is Ignored.LEASED:
            return "leased"
        if result is Ignored.WRONG_STATE:
            return "not_failed"
        self.upload_events.republish(document.staging_key, document.staged_version)
        return "redriven"


def _count_only(document: Document) -> str:
    return "not_redrivable" if _is_not_redrivable(document) else "redrivable"


def _is_not_redrivable(document: Document) -> bool:
    return document.status is Status.FAILED and is_final_failure(document, None, document.updated_at)
