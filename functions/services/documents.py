"""Use cases of stored documents: list, get, update, download, delete one or several, restore."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.domain import cursor, filename
from functions.domain.codes import Code
from functions.domain.content import StoredContent, find_content
from functions.domain.details import DetailsPatch, plan_update
from functions.domain.document import Document, Status
from functions.domain.document_operations import apply_event, find_document
from functions.domain.errors import AirlockError, NotFound, Unavailable, WrongState
from functions.domain.events import ClaimRequested, DeleteRequested, Ignored, RestoreRequested
from functions.domain.owner_usage import DownloadQuota
from functions.domain.readiness import check_ready
from functions.domain.repository import DocumentRepository, ListQuery
from functions.signing.delivery import Delivery
from functions.signing.presigning import DownloadMethod
from functions.signing.sigv4 import SignedUrl

_UPDATE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of documents. `next_before` is the id of the document to continue before, None on the last page.

    `is_incomplete` is that of `repository.Page`. `scope` identifies the filter in the cursor.
    """

    owner: str
    scope: str
    documents: tuple[Document, ...]
    next_before: str | None
    is_incomplete: bool = False

    @property
    def next_cursor(self) -> str | None:
        return cursor.encode(self.next_before, self.owner, self.scope) if self.next_before else None

    def cut(self, count: int) -> "Listing":
        """Returns the first `count` documents, at least one, with the cursor of the next one."""
        if count >= len(self.documents):
            return self
        kept = self.documents[:count]
        return replace(self, documents=kept, next_before=kept[-1].id, is_incomplete=False)


@dataclass(frozen=True, slots=True)
class Download:
    """The content of a document, or of a rendition, and the URL that downloads it."""

    content: StoredContent
    signed: SignedUrl
    needs_ranges: bool
    """True if the content is larger than the largest response, so that a client has to request ranges of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentService:
    """Reads, updates, deletes and restores documents.

    `download_lifetime` and `restore_window` are seconds. The window begins with the delete and ends with the purge.
    `downloads` is the daily limit of an owner, None for a deployment without one.
    """

    repository: DocumentRepository
    delivery: Delivery
    download_lifetime: int
    restore_window: int
    downloads: DownloadQuota | None = None

    def list(
        self,
        owner: str,
        *,
        status: Status | None = None,
        kind: str | None = None,
        name_contains: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> Listing:
        """Returns a page, newest first. `after` is a cursor of the same list. Raises InvalidInput `cursor_invalid`."""
        part = filename.fold(name_contains) if name_contains is not None else None
        scope = json.dumps([status, kind, part])
        before = cursor.decode(after, owner, scope) if after is not None else None
        page = self.repository.page(ListQuery(owner, limit, status, kind, part, before))
        return Listing(owner, scope, page.documents, page.next_before, page.is_incomplete)

    def get(self, owner: str, document_id: str) -> Document:
        """Returns one document. Raises NotFound."""
        return find_document(self.repository, owner, document_id)

    def update(
        self,
        owner: str,
        document_id: str,
        patch: DetailsPatch,
        *,
        revisions: frozenset[int] | None = None,
        now: datetime,
        actor: str | None = None,
    ) -> Document:
        """Changes file name, title or metadata and returns the document. Idempotent. The history names `actor`.

        `revisions` are those that the caller has read; None allows any. Raises NotFound, InvalidInput, WrongState
        `invalid_state` for a deleted document, or WrongState `precondition_failed` for another revision.
        """
        for _ in range(_UPDATE_TRIES):
            document = find_document(self.repository, owner, document_id)
            known = frozenset({document.revision})
            allowed = known if revisions is None else known & revisions
            event = plan_update(document, patch, allowed, actor)
            match apply_event(self.repository, document, event, lambda: now):
                case Document() as updated:
                    return updated
                case Ignored.ALREADY_APPLIED:
                    return find_document(self.repository, owner, document_id)
                case Ignored.STALE_REVISION if allowed:
                    continue  # another change came first, so the patch is applied to the result
                case Ignored.STALE_REVISION:
                    raise WrongState(Code.PRECONDITION_FAILED)
                case _:
                    # Raises NotFound if a purge came first.
                    find_document(self.repository, owner, document_id)
                    raise WrongState(Code.INVALID_STATE, "This document is deleted. Restore it first.")
        raise Unavailable(Code.BUSY, retry_after=1)

    def download(
        self,
        owner: str,
        document_id: str,
        *,
        rendition: str | None = None,
        inline: bool,
        method: DownloadMethod = "GET",
        now: datetime,
    ) -> Download:
        """Signs a download, or with `method` HEAD a request for its headers.

        Raises NotFound, also `rendition_not_found`, WrongState `not_ready`, `rejected` or `invalid_state`, or TooMany. A
        URL counts unless it serves HEAD alone, which transfers no bytes.
        """
        document = self.get(owner, document_id)
        check_ready(document)
        content = find_content(document, rendition)
        if self.downloads is not None and (method == "GET" or not self.delivery.binds_method):
            self.downloads.count(owner, content.size, now)
        signed = self.delivery.sign(
            content, inline=inline, method=method, lifetime=self.download_lifetime, now=now
        )
        return Download(content, signed, needs_ranges=content.size > self.delivery.max_response)

    def delete(self, owner: str, document_id: str, now: datetime, actor: str | None = None) -> None:
        """Deletes a document. Idempotent. The history names `actor`. Raises NotFound, or WrongState `invalid_state` for an upload in progress."""
        document = find_document(self.repository, owner, document_id)
        event = DeleteRequested(now + timedelta(seconds=self.restore_window), actor)
        if apply_event(self.repository, document, event, lambda: now) is Ignored.WRONG_STATE:
            raise WrongState(Code.INVALID_STATE, "The upload is still open. Abort it, or wait until it ends.")

    def delete_batch(
        self, owner: str, document_ids: Sequence[str], now: datetime, actor: str | None = None
    ) -> Sequence[AirlockError | None]:
        """Deletes each document. Idempotent. Returns the errors of `delete` in the order of the ids, None for a success.

        Raises Unavailable. Then some of the documents may be deleted.
        """
        return [self._try_delete(owner, document_id, now, actor) for document_id in document_ids]

    def restore(self, owner: str, document_id: str, now: datetime, actor: str | None = None) -> Document:
        """Restores and returns a document. Idempotent. The history names `actor`.

        Raises NotFound, WrongState `invalid_state` or WrongState `restore_expired`.
        """
        document = find_document(self.repository, owner, document_id)
        restored = apply_event(self.repository, document, RestoreRequested(actor), lambda: now)
        match restored:
            case Document():
                return restored
            case Ignored.ALREADY_APPLIED:
                return find_document(self.repository, owner, document_id)
            case Ignored.DEADLINE_EXCEEDED:
                raise WrongState(Code.RESTORE_EXPIRED)
            case _:
                # Raises NotFound if a purge came first.
                find_document(self.repository, owner, document_id)
                raise WrongState(Code.INVALID_STATE, "This document is not deleted.")

    def claim(self, owner: str, document_id: str, now: datetime, actor: str | None = None) -> Document:
        """Claims and returns a ready document, so that it does not expire. Idempotent. The history names `actor`.

        Raises NotFound, or WrongState `claim_not_required`, `claim_expired`, `not_ready`, `rejected` or `invalid_state`.
        """
        document = find_document(self.repository, owner, document_id)
        match apply_event(self.repository, document, ClaimRequested(actor), lambda: now):
            case Document() as claimed:
                return claimed
            case Ignored.ALREADY_APPLIED:
                return find_document(self.repository, owner, document_id)
            case Ignored.DEADLINE_EXCEEDED:
                raise WrongState(Code.CLAIM_EXPIRED)
            case _:
                raise _find_claim_error(find_document(self.repository, owner, document_id))

    def _try_delete(
        self, owner: str, document_id: str, now: datetime, actor: str | None
    ) -> AirlockError | None:
        try:
            self.delete(owner, document_id, now, actor)
        except (NotFound, WrongState) as error:
            return error
        return None


def _find_claim_error(document: Document) -> WrongState:
    """Returns why the document cannot be claimed. Raises as `check_ready` does for one that is not ready."""
    if document.reason == Code.NOT_CLAIMED:
        return WrongState(Code.CLAIM_EXPIRED)
    check_ready(document)
    return WrongState(Code.CLAIM_NOT_REQUIRED)
