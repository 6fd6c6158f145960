"""Use cases of stored documents: list, get, download, delete, restore."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain import cursor
from functions.domain.codes import Code
from functions.domain.content import StoredContent, find_content
from functions.domain.document import Document, Status
from functions.domain.errors import WrongState, document_not_found
from functions.domain.events import DeleteRequested, Ignored, RestoreRequested
from functions.domain.parts import MIB
from functions.domain.repository import DocumentRepository, ListQuery, apply_event, find_document
from functions.signing.presigning import sign_download
from functions.signing.sigv4 import SignedUrl, Signer

_COPY_RATE = 70 * MIB
"""Bytes a second of one CopyObject (awslabs/aws-c-s3#288). A copy in parts is faster."""

_MAX_RETRY_AFTER = 30


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of documents. `next_cursor` is None on the last one."""

    documents: tuple[Document, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Download:
    """The content of a document, or of a rendition, and the URL that downloads it."""

    content: StoredContent
    signed: SignedUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentService:
    """Reads, deletes and restores documents.

    `download_lifetime` and `restore_window` are seconds. The window begins with the delete and ends with the purge.
    """

    repository: DocumentRepository
    signer: Callable[[], Signer]
    download_lifetime: int
    restore_window: int

    def list(
        self,
        owner: str,
        *,
        status: Status | None = None,
        kind: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> Listing:
        """Returns a page, newest first. `after` is a cursor of the same list. Raises InvalidInput `cursor_invalid`."""
        scope = f"{status or ''}|{kind or ''}"
        before = cursor.decode(after, owner, scope) if after is not None else None
        page = self.repository.page(ListQuery(owner, limit, status, kind, before))
        following = page.next_before
        return Listing(page.documents, cursor.encode(following, owner, scope) if following else None)

    def get(self, owner: str, document_id: str) -> Document:
        """Returns one document. Raises NotFound."""
        return find_document(self.repository, owner, document_id)

    def download(
        self, owner: str, document_id: str, *, rendition: str | None = None, inline: bool, now: datetime
    ) -> Download:
        """Signs a download. Raises NotFound, also `rendition_not_found`, or WrongState `not_ready`, `rejected` or `invalid_state`."""
        document = self.get(owner, document_id)
        if document.status is Status.DELETED:
            raise document_not_found()
        if document.status is not Status.READY:
            raise _not_downloadable(document)
        content = find_content(document, rendition)
        signed = sign_download(
            self.signer(), content, inline=inline, lifetime=self.download_lifetime, now=now
        )
        return Download(content, signed)

    def delete(self, owner: str, document_id: str, now: datetime) -> None:
        """Deletes a document. Idempotent. Raises NotFound, or WrongState `invalid_state` for an upload in progress."""
        document = find_document(self.repository, owner, document_id)
        event = DeleteRequested(now + timedelta(seconds=self.restore_window))
        if apply_event(self.repository, document, event, lambda: now) is Ignored.WRONG_STATE:
            raise WrongState(Code.INVALID_STATE, "The upload is still open. Abort it, or wait until it ends.")

    def restore(self, owner: str, document_id: str, now: datetime) -> Document:
        """Restores and returns a document. Idempotent. Raises NotFound, WrongState `invalid_state` or WrongState `restore_expired`."""
        document = find_document(self.repository, owner, document_id)
        restored = apply_event(self.repository, document, RestoreRequested(), lambda: now)
        match restored:
            case Document():
                return restored
            case Ignored.ALREADY_APPLIED:
                return find_document(self.repository, owner, document_id)
            case Ignored.DEADLINE_EXCEEDED:
                raise WrongState(Code.RESTORE_EXPIRED, "The time to restore this document is over.")
            case _:
                # Raises NotFound if a purge came first.
                find_document(self.repository, owner, document_id)
                raise WrongState(Code.INVALID_STATE, "This document is not deleted.")


def retry_after(document: Document) -> int:
    """Returns the seconds after which a client polls a document in progress again, by the time that its copy takes."""
    return min(1 + document.size // _COPY_RATE, _MAX_RETRY_AFTER)


def _not_downloadable(document: Document) -> WrongState:
    if document.is_in_progress:
        return WrongState(
            Code.NOT_READY,
            f"The document is {document.status.public_status} and not yet checked.",
            retry_after=retry_after(document),
        )
    if document.status is Status.REJECTED:
        return WrongState(Code.REJECTED, f"The document was rejected: {document.reason}.")
    return WrongState(Code.INVALID_STATE, f"The document is {document.status}; there is nothing to download.")
