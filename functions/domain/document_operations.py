"""Operations on one document that use cases share: find a document, apply an event, extend a deadline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from functions.domain.codes import Code
from functions.domain.deadlines import Lifetimes, deadline_with_parts
from functions.domain.document import Document
from functions.domain.duplicates import DigestTaken
from functions.domain.errors import Unavailable, document_not_found
from functions.domain.events import AttemptEnded, Event, Ignored, PartsFound, RestoreRequested
from functions.domain.ids import is_document_id
from functions.domain.repository import Conflict, DocumentRepository
from functions.domain.states import decide

if TYPE_CHECKING:
    from functions.domain.storage import MultipartStore

_TRIES = 5


def find_document(repository: DocumentRepository, owner: str, document_id: str) -> Document:
    """Returns the document. Raises NotFound, also for a malformed id and for a document that is purged."""
    document = repository.get(owner, document_id) if is_document_id(document_id) else None
    if document is None or document.is_purged:
        raise document_not_found()
    return document


def check_creator(repository: DocumentRepository, owner: str, document_id: str, client: str) -> None:
    """Raises NotFound unless this machine has created the document on behalf of the owner, and for one that is purged."""
    if find_document(repository, owner, document_id).created_by != client:
        raise document_not_found()


def apply_event(
    repository: DocumentRepository, document: Document, event: Event, clock: Callable[[], datetime]
) -> Document | Ignored:
    """Decides on the event, writes the result, and returns the new document, or the reason why nothing changes.

    `document` may be out of date. On a conflict the document is read again and the decision is repeated. A document that
    would be the original of its digest, while another one is, becomes a duplicate. Raises
    Unavailable `busy` after five conflicts, and NotFound for a record that is gone.
    """
    for _ in range(_TRIES):
        decision = decide(document, event, clock())
        if isinstance(decision, Ignored):
            return decision
        try:
            repository.apply(decision)
        except Conflict:
            document = _read_again(repository, document)
        except DigestTaken as taken:
            event = _add_original(event, taken)
        else:
            return decision.after
    raise Unavailable(Code.BUSY, "The document is changing too fast; try again.", retry_after=1)


def _add_original(event: Event, taken: DigestTaken) -> Event:
    """Returns the event with the id of the original. Only these events make a document ready."""
    if isinstance(event, AttemptEnded | RestoreRequested):
        return replace(event, duplicate_of=taken.original)
    raise taken


def extend_with_parts(
    repository: DocumentRepository,
    multipart: "MultipartStore",
    document: Document,
    lifetimes: Lifetimes,
    clock: Callable[[], datetime],
) -> bool:
    """Extends the deadline of a multipart upload, which has passed, if S3 lists a part.

    Returns False if the upload has to end. Raises as `apply_event` does.
    """
    deadline = deadline_with_parts(document, clock(), lifetimes)
    if document.upload_id is None or deadline is None:
        return False
    if not multipart.has_parts(document.staging_key, document.upload_id):
        return False
    result = apply_event(repository, document, PartsFound(deadline), clock)
    return result is not Ignored.WRONG_STATE


def _read_again(repository: DocumentRepository, document: Document) -> Document:
    found = repository.get(document.owner, document.id)
    if found is None:
        raise document_not_found()
    return found
