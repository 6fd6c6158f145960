"""Use cases of a multipart upload: list parts, presign parts, complete from the parts that S3 lists.

The client has to remember only the document's id. Complete is safe to repeat and to run late, and it may lose S3's
response: the next caller finds the object, and the S3 event or a sweep resumes from there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.deadlines import Lifetimes, deadline_with_urls
from functions.domain.document import Document, Method, Status
from functions.domain.document_operations import apply_event, extend_with_parts, find_document
from functions.domain.errors import InvalidInput, Unavailable, WrongState
from functions.domain.events import (
    CompleteFailed,
    CompleteRequested,
    Event,
    Ignored,
    UploadUrlsSigned,
)
from functions.domain.parts import MAX_PARTS, PartPlan
from functions.domain.repository import DocumentRepository
from functions.domain.storage import InvalidParts, MultipartStore, NoSuchUpload, UploadedPart
from functions.signing.presigning import CompactPartUrls, PartUrlBatch, sign_compact, sign_parts
from functions.signing.sigv4 import Signer

MAX_URLS = 1_000
"""Part URLs in one response. With a role's token a URL has 1.7 kB, and a Lambda response at most 6 MB."""


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """The plan of an upload, the parts that S3 lists, and the numbers of the missing ones. Sizes are bytes."""

    plan: PartPlan
    uploaded: Sequence[UploadedPart]
    missing: Sequence[int]


@dataclass(frozen=True, slots=True)
class Completion:
    """The result of `complete`. `done` is False while S3 may still be assembling the object."""

    document: Document
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartService:
    """Lists, presigns and completes parts."""

    repository: DocumentRepository
    signer: Callable[[], Signer]
    multipart: Callable[[], MultipartStore]
    lifetimes: Lifetimes

    def list_parts(self, owner: str, document_id: str, now: datetime) -> UploadProgress:
        """Returns the progress. Raises NotFound, or WrongState `not_multipart`, `invalid_state` or `upload_expired`."""
        document = self._get_pending(owner, document_id, now)
        parts = self._list_uploaded(document)
        return UploadProgress(
            document.plan, parts, document.plan.missing_numbers(part.part_number for part in parts)
        )

    def presign(
        self,
        owner: str,
        document_id: str,
        part_numbers: Sequence[int],
        checksums: Mapping[int, str],
        now: datetime,
    ) -> PartUrlBatch:
        """Returns URLs for up to 1,000 parts. Raises NotFound, WrongState, WrongState `upload_expired` or InvalidInput."""
        document = self._prepare(owner, document_id, part_numbers, MAX_URLS, now)
        _check_checksums(document, part_numbers, checksums)
        return sign_parts(
            self.signer(), document, part_numbers, checksums, lifetime=self.lifetimes.url_seconds, now=now
        )

    def presign_compact(
        self, owner: str, document_id: str, part_numbers: Sequence[int], now: datetime
    ) -> CompactPartUrls:
        """Returns a URL template and signatures for up to 10,000 parts. Raises as `presign` does."""
        document = self._prepare(owner, document_id, part_numbers, MAX_PARTS, now)
        _check_checksums(document, part_numbers, {})
        return sign_compact(
            self.signer(), document, part_numbers, lifetime=self.lifetimes.url_seconds, now=now
        )

    def complete(
        self, owner: str, document_id: str, *, crc64nvme: str | None, clock: Callable[[], datetime]
    ) -> Completion:
        """Completes an upload. Idempotent.

        Raises NotFound, WrongState (`object_not_uploaded`, `parts_incomplete`, `size_mismatch`,
        `part_mismatch`, `upload_in_progress`, `invalid_state`), WrongState `upload_expired` or Unavailable.
        """
        document = find_document(self.repository, owner, document_id)
        if document.method is not Method.MULTIPART:
            return _check_single(document)
        leased = self._apply_event(document, CompleteRequested(), clock)
        if leased is Ignored.DEADLINE_EXCEEDED and self._extend_with_parts(document, clock):
            document = find_document(self.repository, owner, document_id)
            leased = self._apply_event(document, CompleteRequested(), clock)
        if leased is Ignored.ALREADY_APPLIED:
            return Completion(find_document(self.repository, owner, document_id), done=True)
        if leased is Ignored.LEASED and self._is_gone_from_s3(document):
            # Nothing aborts an upload under a lease, so the holder of the lease has completed it.
            return Completion(document, done=False)
        if isinstance(leased, Ignored):
            raise _error_of(leased, document)
        try:
            return self._complete(leased, crc64nvme)
        except (WrongState, Unavailable):
            self._apply_event(leased, CompleteFailed(leased.attempt), clock)
            raise

    def _complete(self, document: Document, crc64nvme: str | None) -> Completion:
        key, upload_id = document.staging_key, document.upload_id or ""
        try:
            parts = self.multipart().parts(key, upload_id)
        except NoSuchUpload:
            # An earlier call has completed the upload, and its S3 event is not processed yet.
            return Completion(document, done=False)
        _check_parts(document.plan, parts)
        try:
            self.multipart().complete(key, upload_id, parts, size=document.size, crc64nvme=crc64nvme)
        except InvalidParts as error:
            raise WrongState(Code.PART_MISMATCH, f"S3 rejects these parts: {error}") from error
        except (NoSuchUpload, Unavailable):
            # The outcome is unknown. The S3 event or a sweep continues.
            return Completion(document, done=False)
        return Completion(document, done=True)

    def _is_gone_from_s3(self, document: Document) -> bool:
        try:
            self.multipart().parts(document.staging_key, document.upload_id or "")
        except NoSuchUpload:
            return True
        return False

    def _get_pending(self, owner: str, document_id: str, now: datetime) -> Document:
        document = self._find_pending(owner, document_id)
        if now >= document.upload_deadline and self._extend_with_parts(document, lambda: now):
            document = self._find_pending(owner, document_id)
        if now >= document.upload_deadline:
            raise _upload_expired()
        return document

    def _extend_with_parts(self, document: Document, clock: Callable[[], datetime]) -> bool:
        return extend_with_parts(self.repository, self.multipart(), document, self.lifetimes, clock)

    def _find_pending(self, owner: str, document_id: str) -> Document:
        document = find_document(self.repository, owner, document_id)
        if document.method is not Method.MULTIPART:
            raise WrongState(Code.NOT_MULTIPART, "This document is uploaded in one request.")
        if document.status is not Status.PENDING:
            raise WrongState(
                Code.INVALID_STATE, f"The document is {document.status.public_status}; it takes no parts."
            )
        return document

    def _list_uploaded(self, document: Document) -> Sequence[UploadedPart]:
        try:
            return self.multipart().parts(document.staging_key, document.upload_id or "")
        except NoSuchUpload:
            raise WrongState(
                Code.INVALID_STATE, "S3 no longer has this multipart upload.", retry_after=1
            ) from None

    def _prepare(
        self, owner: str, document_id: str, part_numbers: Sequence[int], most: int, now: datetime
    ) -> Document:
        document = self._get_pending(owner, document_id, now)
        if not 1 <= len(part_numbers) <= most:
            raise InvalidInput(
                Code.TOO_MANY_PARTS_REQUESTED, f"A request may name 1 to {most:,} parts.", field="partNumbers"
            )
        document.plan.check_numbers(part_numbers)
        return self._extend_deadline(document, now)

    def _extend_deadline(self, document: Document, now: datetime) -> Document:
        """Extends the deadline, because a client that asks for URLs is active."""
        deadline = deadline_with_urls(document, now, self.lifetimes)
        if deadline is None:
            return document
        after = self._apply_event(document, UploadUrlsSigned(deadline), lambda: now)
        return document if isinstance(after, Ignored) else after

    def _apply_event(
        self, document: Document, event: Event, clock: Callable[[], datetime]
    ) -> Document | Ignored:
        return apply_event(self.repository, document, event, clock)


def _check_single(document: Document) -> Completion:
    """Returns whether the single PUT has arrived. It needs no completion."""
    if document.status is Status.PENDING:
        raise WrongState(Code.OBJECT_NOT_UPLOADED, "The bytes have not arrived yet.", retry_after=1)
    if document.status in (Status.PROCESSING, Status.READY):
        return Completion(document, done=True)
    raise _error_of(Ignored.WRONG_STATE, document)


def _check_parts(plan: PartPlan, parts: Sequence[UploadedPart]) -> None:
    missing = plan.missing_numbers(part.part_number for part in parts)
    if missing:
        raise WrongState(Code.PARTS_INCOMPLETE, _describe_missing(missing))
    for part in parts:
        if part.part_number > plan.part_count or part.size != plan.size_of(part.part_number):
            raise WrongState(
                Code.SIZE_MISMATCH,
                f"Part {part.part_number} has {part.size} bytes, which differs from the plan.",
            )


def _describe_missing(numbers: Sequence[int]) -> str:
    """Returns `1 part is missing: 2.`, with at most ten numbers."""
    shown = ", ".join(str(number) for number in numbers[:10])
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    count = "1 part is" if len(numbers) == 1 else f"{len(numbers)} parts are"
    return f"{count} missing: {shown}{more}."


def _check_checksums(document: Document, part_numbers: Sequence[int], checksums: Mapping[int, str]) -> None:
    if document.part_checksums != bool(checksums):
        raise InvalidInput(
            Code.CHECKSUM_INVALID,
            "Send a SHA-256 for each part with `partChecksums`, and none without.",
            field="checksums",
        )
    if checksums and set(part_numbers) != checksums.keys():
        raise InvalidInput(Code.CHECKSUM_INVALID, "Send one SHA-256 for each part number.", field="checksums")


def _error_of(ignored: Ignored, document: Document) -> WrongState:
    if ignored is Ignored.LEASED:
        return WrongState(Code.UPLOAD_IN_PROGRESS, retry_after=2)
    if ignored is Ignored.DEADLINE_EXCEEDED or document.status is Status.EXPIRED:
        return _upload_expired()
    return WrongState(
        Code.INVALID_STATE, f"A document that is {document.status.public_status} cannot be completed."
    )


def _upload_expired() -> WrongState:
    return WrongState(Code.UPLOAD_EXPIRED, "The time for this upload is over; create a new document.")
