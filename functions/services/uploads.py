"""Use cases of somebody who uploads: create a document, abort it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.errors import InvalidInput, TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, Ignored
from functions.domain.keys import staging_key
from functions.domain.kinds import Kinds
from functions.domain.parts import MAX_UPLOAD_AGE, PartPlan
from functions.domain.quota import Limits
from functions.domain.repository import (
    AlreadyCreated,
    DocumentRepository,
    IdempotencyKey,
    apply_event,
    find_document,
)
from functions.domain.storage import MultipartStore
from functions.domain.validation import UploadRequest, create_document
from functions.signing.presigning import PartUrlBatch, PresignedPut, sign_form, sign_parts, sign_put
from functions.signing.sigv4 import SignedForm, Signer


@dataclass(frozen=True, slots=True)
class PresignedParts:
    """The plan, the first window of URLs, and the latest that the upload's deadline can move to."""

    plan: PartPlan
    window: PartUrlBatch
    last_deadline: datetime


PresignedUpload = PresignedPut | SignedForm | PresignedParts

_FIRST_WINDOW = 100
"""Part URLs in create's own answer: 6.25 GiB in default parts, and some 170 kB of JSON."""


@dataclass(frozen=True, slots=True)
class CreateResult:
    """`grant` is None when a repeated create finds a document that waits for no bytes any more."""

    document: Document
    grant: PresignedUpload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadService:
    """`signer` is called for each request, because credentials change under a running function.

    `url_lifetime` and `upload_lifetime` are seconds.
    """

    repository: DocumentRepository
    signer: Callable[[], Signer]
    multipart: Callable[[], MultipartStore]
    kinds: Kinds
    limits: Limits
    bucket: str
    url_lifetime: int
    upload_lifetime: int

    def create(
        self,
        request: UploadRequest,
        *,
        owner: str,
        document_id: str,
        idempotency_key: str | None,
        now: datetime,
    ) -> CreateResult:
        """Record first, URL second: no URL exists for a key that no record waits for.

        Raises InvalidInput, TooMany, WrongState or Unavailable.
        """
        document = create_document(
            request,
            self.kinds,
            owner=owner,
            document_id=document_id,
            now=now,
            lifetime=self.upload_lifetime,
        )
        idempotency = _bound(idempotency_key, request)
        if document.method is Method.MULTIPART:
            document = self._begun(document)
        try:
            self.repository.create(document, self.limits, idempotency, now)
        except AlreadyCreated as earlier:
            self._end(document)
            document = self._repeated(earlier, request, owner)
        except (TooMany, WrongState):
            # Not when the table is busy: then the record may be there after all, and needs its upload.
            self._end(document)
            raise
        return CreateResult(document, self._sign(document, now))

    def abort(self, owner: str, document_id: str, now: datetime) -> None:
        """Idempotent. Raises NotFound, or WrongState `invalid_state` once the bytes are there."""
        document = find_document(self.repository, owner, document_id)
        ended = apply_event(self.repository, document, AbortRequested(), lambda: now)
        if ended is Ignored.WRONG_STATE:
            raise WrongState(
                Code.INVALID_STATE, f"A document that is {document.status.public_status} cannot be aborted."
            )
        if isinstance(ended, Document):
            self._end(ended)

    def _sign(self, document: Document, now: datetime) -> PresignedUpload | None:
        if document.status is not Status.PENDING or now >= document.upload_deadline:
            return None
        signer = self.signer()
        if document.method is Method.MULTIPART:
            return self._sign_parts(signer, document, now)
        if document.method is Method.POST:
            return sign_form(signer, document, bucket=self.bucket, lifetime=self.url_lifetime, now=now)
        return sign_put(signer, document, lifetime=self.url_lifetime, now=now)

    def _sign_parts(self, signer: Signer, document: Document, now: datetime) -> PresignedParts:
        plan = document.plan
        # With checksums of parts there is nothing to sign before the client has hashed them.
        first = 0 if document.part_checksums else min(plan.part_count, _FIRST_WINDOW)
        numbers = range(1, first + 1)
        window = sign_parts(signer, document, numbers, {}, lifetime=self.url_lifetime, now=now)
        return PresignedParts(plan, window, document.created_at + MAX_UPLOAD_AGE)

    def _begun(self, document: Document) -> Document:
        """S3's upload comes before the record: one write less, and an orphan holds no bytes and is aborted in time."""
        key = staging_key(document.owner, document.id)
        upload_id = self.multipart().create(
            key, document.declared_content_type, part_checksums=document.part_checksums
        )
        return replace(document, upload_id=upload_id)

    def _end(self, document: Document) -> None:
        """Free the parts. What this misses, the janitor and the lifecycle rule find."""
        if document.upload_id is None:
            return
        try:
            self.multipart().abort(staging_key(document.owner, document.id), document.upload_id)
        except Unavailable:
            return

    def _repeated(self, earlier: AlreadyCreated, request: UploadRequest, owner: str) -> Document:
        if earlier.fingerprint != request.fingerprint():
            raise InvalidInput(
                Code.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key came with a different request before."
            )
        document = self.repository.get(owner, earlier.document_id)
        if document is None or document.is_purged:
            raise WrongState(
                Code.INVALID_STATE, "The document of this Idempotency-Key was deleted; use another."
            )
        return document


def _bound(key: str | None, request: UploadRequest) -> IdempotencyKey | None:
    if key is None:
        return None
    return IdempotencyKey(hashlib.sha256(key.encode()).hexdigest(), request.fingerprint())
