"""Documents of all owners that wait for a step without end, and the place to continue at."""

from collections.abc import Iterator, Sequence
from functools import partial

from functions.domain.document import Document
from functions.domain.index_pages import IndexCursor, read_index
from functions.domain.repository import DUE_SHARDS, DocumentRepository


def read_waiting(
    repository: DocumentRepository, step: str, start: IndexCursor
) -> Iterator[tuple[Sequence[Document], IndexCursor]]:
    """Yields the documents of each batch of entries that wait, and the place behind the batch."""
    for documents, cursor in read_index(repository, partial(repository.waiting, step), DUE_SHARDS, start):
        yield [document for document in documents if is_waiting_for(document, step)], cursor


def is_waiting_for(document: Document, step: str) -> bool:
    """Returns True for a document that waits for this step without end."""
    waiting = document.endless_step
    return waiting is not None and waiting.name == step
