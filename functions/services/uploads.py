"""Use cases of an upload: create a document, abort it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.errors import InvalidInput, TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, Ignored
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
    """The part plan, the first batch of part URLs, and the latest possible upload deadline."""

    plan: PartPlan
    first_batch: PartUrlBatch
    last_deadline: datetime


PresignedUpload = PresignedPut | SignedForm | PresignedParts

FORM_LIFETIME = 300
"""Maximum lifetime of a form in seconds. S3 accepts a form more than once, so it expires earlier than a URL."""

_FIRST_BATCH = 100
"""Part URLs in the response of `create`: 6.25 GiB in default parts, about 170 kB of JSON."""


@dataclass(frozen=True, slots=True)
class CreateResult:
    """A document and how to upload it. `upload` is None when a repeated create finds that the bytes have arrived."""

    document: Document
    upload: PresignedUpload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadService:
    """Creates and aborts uploads. `url_lifetime` and `upload_lifetime` are seconds.

    `signer` is called for each request, because credentials change while a function runs.
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
        """Writes the record, then signs the URL, so that no URL exists without its record.

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
        idempotency = _hash_idempotency_key(idempotency_key, request)
        if document.method is Method.MULTIPART:
            document = self._create_multipart(document)
        try:
            self.repository.create(document, self.limits, idempotency, now)
        except AlreadyCreated as earlier:
            self._abort_multipart(document)
            document = self._find_earlier(earlier, request, owner)
        except (TooMany, WrongState):
            # After Unavailable the record may exist and need its upload, so nothing is aborted then.
            self._abort_multipart(document)
            raise
        return CreateResult(document, self._sign(document, now))

    def abort(self, owner: str, document_id: str, now: datetime) -> None:
        """Aborts an upload. Idempotent. Raises NotFound, or WrongState `invalid_state` once the bytes have arrived."""
        document = find_document(self.repository, owner, document_id)
        result = apply_event(self.repository, document, AbortRequested(), lambda: now)
        if result is Ignored.WRONG_STATE:
            raise WrongState(
                Code.INVALID_STATE, f"A document that is {document.status.public_status} cannot be aborted."
            )
        if isinstance(result, Document):
            self._abort_multipart(result)

    def _sign(self, document: Document, now: datetime) -> PresignedUpload | None:
        if document.status is not Status.PENDING or now >= document.upload_deadline:
            return None
        signer = self.signer()
        if document.method is Method.MULTIPART:
            return self._sign_parts(signer, document, now)
        if document.method is Method.POST:
            lifetime = min(self.url_lifetime, FORM_LIFETIME)
            return sign_form(signer, document, bucket=self.bucket, lifetime=lifetime, now=now)
        return sign_put(signer, document, lifetime=self.url_lifetime, now=now)

    def _sign_parts(self, signer: Signer, document: Document, now: datetime) -> PresignedParts:
        plan = document.plan
        # With part checksums, a URL can be signed only after the client has hashed the part.
        first = 0 if document.part_checksums else min(plan.part_count, _FIRST_BATCH)
        numbers = range(1, first + 1)
        batch = sign_parts(signer, document, numbers, {}, lifetime=self.url_lifetime, now=now)
        return PresignedParts(plan, batch, document.created_at + MAX_UPLOAD_AGE)

    def _create_multipart(self, document: Document) -> Document:
        """Creates S3's upload before the record, which saves a write. A sweep aborts an upload without a record."""
        key = document.staging_key
        upload_id = self.multipart().create(
            key, document.declared_content_type, part_checksums=document.part_checksums
        )
        return replace(document, upload_id=upload_id)

    def _abort_multipart(self, document: Document) -> None:
        """Frees the parts. A failure is ignored, because a sweep and the lifecycle rule abort what is left."""
        if document.upload_id is None:
            return
        try:
            self.multipart().abort(document.staging_key, document.upload_id)
        except Unavailable:
            return

    def _find_earlier(self, earlier: AlreadyCreated, request: UploadRequest, owner: str) -> Document:
        if earlier.fingerprint != request.fingerprint():
            raise InvalidInput(
                Code.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used for a different request before."
            )
        document = self.repository.get(owner, earlier.document_id)
        if document is None or document.is_purged:
            raise WrongState(
                Code.INVALID_STATE, "The document of this Idempotency-Key was purged. Use another key."
            )
        return document


def _hash_idempotency_key(key: str | None, request: UploadRequest) -> IdempotencyKey | None:
    if key is None:
        return None
    return IdempotencyKey(hashlib.sha256(key.encode()).hexdigest(), request.fingerprint())
