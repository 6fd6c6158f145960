"""Use cases of somebody who has documents: list them, look at one, download it, delete it and have it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core import cursor
from functions.core.advance import advance
from functions.core.document import Document, Status
from functions.core.errors import Gone, WrongState, document_not_found
from functions.core.events import DeleteRequested, Refusal, RestoreRequested
from functions.core.grants import sign_download
from functions.core.ids import is_document_id
from functions.core.parts import MIB
from functions.core.ports import ListQuery, Records
from functions.core.sigv4 import SignedUrl, Signer

_COPIED_A_SECOND = 70 * MIB
"""What one CopyObject moves, measured by others (awslabs/aws-c-s3#288); a copy in parts is faster."""
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Listing:
    documents: tuple[Document, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Download:
    document: Document
    signed: SignedUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Seconds are `download_lifetime`, and `restore_window`, from a delete until its bytes go."""

    records: Records
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
        """Newest first; `after` is a cursor of the same list. Raises BadRequest `cursor_invalid`."""
        scope = f"{status or ''}|{kind or ''}"
        before = cursor.decode(after, owner, scope) if after is not None else None
        page = self.records.page(ListQuery(owner, limit, status, kind, before))
        following = page.next_before
        return Listing(page.documents, cursor.encode(following, owner, scope) if following else None)

    def get(self, owner: str, document_id: str) -> Document:
        """Raises NotFound."""
        return find(self.records, owner, document_id)

    def download(self, owner: str, document_id: str, *, inline: bool, now: datetime) -> Download:
        """Raises NotFound, or WrongState with `not_ready`, `rejected` or `invalid_state`."""
        document = self.get(owner, document_id)
        if document.status is Status.DELETED:
            raise document_not_found()
        if document.status is not Status.READY:
            raise _not_downloadable(document)
        signed = sign_download(
            self.signer(), document, inline=inline, lifetime=self.download_lifetime, now=now
        )
        return Download(document, signed)

    def delete(self, owner: str, document_id: str, now: datetime) -> None:
        """Idempotent. Raises NotFound, or WrongState `invalid_state` for an upload that is under way."""
        document = find(self.records, owner, document_id)
        event = DeleteRequested(now + timedelta(seconds=self.restore_window))
        if advance(self.records, document, event, lambda: now) is Refusal.WRONG_STATE:
            raise WrongState("invalid_state", "The upload is still under way; abort it, or wait for its end.")

    def restore(self, owner: str, document_id: str, now: datetime) -> Document:
        """What it was before it was deleted. Idempotent. Raises NotFound, WrongState `invalid_state` or Gone."""
        document = find(self.records, owner, document_id)
        restored = advance(self.records, document, RestoreRequested(), lambda: now)
        match restored:
            case Document():
                return restored
            case Refusal.DONE_ALREADY:
                return find(self.records, owner, document_id)
            case Refusal.TOO_LATE:
                raise Gone("restore_expired", "The time to restore this document is over.")
            case _:
                find(self.records, owner, document_id)  # a purge may have been faster: then there is none
                raise WrongState("invalid_state", "This document is not deleted.")


def retry_after(document: Document) -> int:
    """Seconds a client should wait before it looks at a moving document again: longer for what takes longer to copy."""
    return min(1 + document.size // _COPIED_A_SECOND, _PATIENCE)


def find(records: Records, owner: str, document_id: str) -> Document:
    """Raises NotFound, also for an id that no document can have."""
    document = records.get(owner, document_id) if is_document_id(document_id) else None
    if document is None or document.is_gone:
        raise document_not_found()
    return document


def _not_downloadable(document: Document) -> WrongState:
    if document.is_moving:
        return WrongState(
            "not_ready",
            f"The document is {document.status.shown} and not yet checked.",
            retry_after=retry_after(document),
        )
    if document.status is Status.REJECTED:
        return WrongState("rejected", f"The document was rejected: {document.reason}.")
    return WrongState("invalid_state", f"The document is {document.status}; there is nothing to download.")
