"""Use cases of an upload: create a document or a batch of documents, abort an upload."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from functions.domain import idempotency
from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.deadlines import Lifetimes, choose_url_lifetime, deadline_with_urls
from functions.domain.document import Document, Method, Status
from functions.domain.document_operations import apply_event, find_document
from functions.domain.duplicate_creates import replace_duplicates
from functions.domain.errors import AirlockError, InvalidInput, TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, Ignored, UploadUrlsSigned
from functions.domain.kinds import Kinds
from functions.domain.parts import PartPlan
from functions.domain.quota import BatchResult, Limits, Usage, admit
from functions.domain.repository import AlreadyCreated, DocumentRepository
from functions.domain.validation import InvalidRequest, UploadRequest, create_document
from functions.signing.presigning import PartUrlBatch, PresignedPut, sign_form, sign_parts, sign_put
from functions.signing.sigv4 import SignedForm, Signer

if TYPE_CHECKING:
    from functions.domain.storage import MultipartStore


@dataclass(frozen=True, slots=True)
class PresignedParts:
    """The part plan, the first batch of part URLs, and the latest possible upload deadline."""

    plan: PartPlan
    first_batch: PartUrlBatch
    last_deadline: datetime


PresignedUpload = PresignedPut | SignedForm | PresignedParts
Result = TypeVar("Result")

_FIRST_BATCH = 100
"""Part URLs in the response of `create`: 6.25 GiB in default parts, about 170 kB of JSON."""

_CONCURRENT_UPLOADS = 10
"""Multipart uploads of a batch that are begun or aborted side by side: the connections of the client of S3."""


@dataclass(frozen=True, slots=True)
class CreateResult:
    """A document and how to upload it. `upload` is None when a repeated create finds that the bytes have arrived."""

    document: Document
    upload: PresignedUpload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadService:
    """Creates and aborts uploads. `part_size` is bytes. A form may lead back to `redirect_origins`.

    `signer` is called for each request, because credentials change while a function runs.
    """

    repository: DocumentRepository
    signer: Callable[[], Signer]
    multipart: "Callable[[], MultipartStore]"
    kinds: Kinds
    limits: Limits
    bucket: str
    lifetimes: Lifetimes
    part_size: int
    redirect_origins: frozenset[str] = frozenset()

    def create(
        self,
        request: UploadRequest,
        *,
        caller: Caller,
        document_id: str,
        idempotency_key: str | None,
        now: datetime,
    ) -> CreateResult:
        """Writes the record, then signs the URL, so that no URL exists without its record.

        The idempotency keys of a machine that acts on behalf of the owner are its own, so that none returns a document that
        it has not created. Raises InvalidInput, TooMany, WrongState or Unavailable.
        """
        document = self._validate(request, caller, document_id, now)
        key = idempotency.hash_key(idempotency_key, caller.client, request.fingerprint())
        if document.method is Method.MULTIPART:
            document = self._create_multipart(document)
        try:
            [item] = replace_duplicates(self.repository, self.kinds, [document], key, now)
            if isinstance(item, AirlockError):
                raise item
            self.repository.create(document, self.limits, key, now)
        except AlreadyCreated as earlier:
            self._abort_multipart(document)
            idempotency.check_fingerprint(earlier, request.fingerprint())
            document = self._find_earlier(earlier.results[0], caller.owner)
        except (TooMany, WrongState):
            # After Unavailable the record may exist and need its upload, so nothing is aborted then.
            self._abort_multipart(document)
            raise
        return self._sign(document, now)

    def create_batch(
        self,
        requests: Sequence[UploadRequest | InvalidRequest],
        *,
        caller: Caller,
        document_ids: Sequence[str],
        idempotency_key: str | None,
        now: datetime,
    ) -> list[CreateResult | AirlockError]:
        """Creates as many documents from the front as the limits allow, in one transaction. Signs no part URLs.

        Idempotency keys are those of `create`. Returns the results in the order of `requests`. A request that is invalid by
        itself has its error, and one that exceeds a limit the error of the limit. Raises InvalidInput
        `idempotency_key_reused`, or Unavailable.
        """
        items = [
            self._validate_item(request, caller, document_id, now)
            for request, document_id in zip(requests, document_ids, strict=True)
        ]
        fingerprint = idempotency.fingerprint_batch(requests)
        key = idempotency.hash_key(idempotency_key, caller.client, fingerprint)
        try:
            items = replace_duplicates(self.repository, self.kinds, items, key, now)
            # No upload is begun for a file that even an unused account has no room for.
            items = self._begin_uploads(admit(self.limits, Usage(), items, now))
            results: Sequence[BatchResult] = self.repository.create_batch(items, self.limits, key, now)
        except AlreadyCreated as earlier:
            self._abort_uploads(items)
            idempotency.check_fingerprint(earlier, fingerprint)
            results = [
                request.error
                if isinstance(request, InvalidRequest)
                else self._find_result(result, caller.owner)
                for request, result in zip(requests, earlier.results, strict=True)
            ]
        else:
            left_out = zip(items, results, strict=True)
            self._abort_uploads([item for item, result in left_out if isinstance(result, AirlockError)])
        return [self._sign_result(result, now) for result in results]

    def abort(self, owner: str, document_id: str, now: datetime, actor: str | None = None) -> None:
        """Aborts an upload. Idempotent. Raises NotFound, or WrongState `invalid_state` once the bytes have arrived."""
        document = find_document(self.repository, owner, document_id)
        result = apply_event(self.repository, document, AbortRequested(actor), lambda: now)
        if result is Ignored.WRONG_STATE:
            raise WrongState(
                Code.INVALID_STATE, f"A document that is {document.status.public_status} cannot be aborted."
            )
        if isinstance(result, Document):
            self._abort_multipart(result)

    def _validate(self, request: UploadRequest, caller: Caller, document_id: str, now: datetime) -> Document:
        return create_document(
            request,
            self.kinds,
            caller=caller,
            document_id=document_id,
            now=now,
            lifetimes=self.lifetimes,
            part_size=self.part_size,
            redirect_origins=self.redirect_origins,
        )

    def _validate_item(
        self,
        request: UploadRequest | InvalidRequest,
        caller: Caller,
        document_id: str,
        now: datetime,
    ) -> BatchResult:
        if isinstance(request, InvalidRequest):
            return request.error
        try:
            return self._validate(request, caller, document_id, now)
        except InvalidInput as error:
            return error

    def _sign_result(self, result: BatchResult, now: datetime) -> CreateResult | AirlockError:
        if isinstance(result, AirlockError):
            return result
        return self._sign(result, now, first_batch=0)

    def _sign(self, document: Document, now: datetime, first_batch: int = _FIRST_BATCH) -> CreateResult:
        if document.status is not Status.PENDING or now >= document.upload_deadline:
            return CreateResult(document, None)
        extended = self._extend_deadline(document, now)
        if extended is None:
            return CreateResult(document, None)
        return CreateResult(extended, self._sign_upload(extended, now, first_batch))

    def _extend_deadline(self, document: Document, now: datetime) -> Document | None:
        """Extends the deadline for the URL that a repeated create signs. Returns None for an upload that has ended."""
        deadline = deadline_with_urls(document, now, self.lifetimes)
        if deadline is None:
            return document
        after = apply_event(self.repository, document, UploadUrlsSigned(deadline), lambda: now)
        if after is Ignored.ALREADY_APPLIED:
            return document
        return None if isinstance(after, Ignored) else after

    def _sign_upload(self, document: Document, now: datetime, first_batch: int) -> PresignedUpload:
        signer = self.signer()
        if document.method is Method.MULTIPART:
            return self._sign_parts(signer, document, now, first_batch)
        # The upload lifetime may leave no room for an extension. Then the URL expires with the document.
        url_lifetime = choose_url_lifetime(document.method, self.lifetimes)
        lifetime = max(1, int(min(url_lifetime, document.upload_deadline - now).total_seconds()))
        if document.method is Method.POST:
            return sign_form(signer, document, bucket=self.bucket, lifetime=lifetime, now=now)
        return sign_put(signer, document, lifetime=lifetime, now=now)

    def _sign_parts(
        self, signer: Signer, document: Document, now: datetime, first_batch: int
    ) -> PresignedParts:
        plan = document.plan
        # With part checksums, a URL can be signed only after the client has hashed the part.
        first = 0 if document.part_checksums else min(plan.part_count, first_batch)
        numbers = range(1, first + 1)
        batch = sign_parts(signer, document, numbers, {}, lifetime=self.lifetimes.url_seconds, now=now)
        return PresignedParts(plan, batch, document.created_at + self.lifetimes.multipart)

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

    def _begin_uploads(self, items: Sequence[BatchResult]) -> list[BatchResult]:
        """Returns the items with the ids of their multipart uploads. Aborts all of them if one cannot be begun."""
        pending = [each for each in items if isinstance(each, Document) and each.method is Method.MULTIPART]
        if not pending:
            return [*items]
        begun = {each.id: each for each in _run_concurrently(self._try_create_multipart, pending) if each}
        items = [begun.get(each.id, each) if isinstance(each, Document) else each for each in items]
        if len(begun) < len(pending):
            self._abort_uploads(items)
            raise Unavailable(Code.STORAGE_UNAVAILABLE, retry_after=1)
        return items

    def _try_create_multipart(self, document: Document) -> Document | None:
        try:
            return self._create_multipart(document)
        except Unavailable:
            return None

    def _abort_uploads(self, items: Sequence[BatchResult]) -> None:
        begun = [each for each in items if isinstance(each, Document) and each.upload_id is not None]
        if begun:
            _run_concurrently(self._abort_multipart, begun)

    def _find_result(self, result: str | AirlockError, owner: str) -> BatchResult:
        try:
            return self._find_earlier(result, owner)
        except AirlockError as error:
            if isinstance(error, Unavailable):
                raise
            return error

    def _find_earlier(self, result: str | AirlockError, owner: str) -> Document:
        """Returns the document of an earlier result, or raises its error. Raises WrongState if the document was purged."""
        if isinstance(result, AirlockError):
            raise result
        document = self.repository.get(owner, result)
        if document is None or document.is_purged:
            raise WrongState(
                Code.INVALID_STATE, "The document of this Idempotency-Key was purged. Use another key."
            )
        return document


def _run_concurrently(task: Callable[[Document], Result], documents: Sequence[Document]) -> list[Result]:
    # Imported here, because a create of one file does without threads.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_CONCURRENT_UPLOADS) as executor:
        return list(executor.map(task, documents))
