"""Use cases of an upload in parts: which parts S3 holds, URLs for more of them, and completing it from what S3 lists.

The client needs to remember nothing but the document's id. Complete may run twice, run late, or lose S3's answer:
whoever comes next finds the object there, and the event or the janitor goes on from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.errors import InvalidInput, Unavailable, WrongState
from functions.domain.events import CompleteFailed, CompleteRequested, Event, Ignored, PartUrlsSigned
from functions.domain.keys import staging_key
from functions.domain.parts import MAX_PARTS, MAX_UPLOAD_AGE, PartPlan
from functions.domain.repository import DocumentRepository, apply_event, find_document
from functions.domain.storage import InvalidParts, MultipartStore, NoSuchUpload, UploadedPart
from functions.signing.presigning import CompactPartUrls, PartUrlBatch, sign_compact, sign_parts
from functions.signing.sigv4 import Signer

MAX_URLS = 1_000
"""In one window; with a role's token a URL has 1.7 kB, and a Lambda answers 6 MB at most."""

_WORTH_A_WRITE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """What S3 holds of an upload; sizes are bytes."""

    plan: PartPlan
    uploaded: Sequence[UploadedPart]
    missing: Sequence[int]


@dataclass(frozen=True, slots=True)
class Completion:
    """`done` is False while S3 may still be at it: ask for the document again later."""

    document: Document
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartService:
    """`signer` and `multipart` are called when needed. `url_lifetime` and `upload_lifetime` are seconds."""

    repository: DocumentRepository
    signer: Callable[[], Signer]
    multipart: Callable[[], MultipartStore]
    url_lifetime: int
    upload_lifetime: int

    def held(self, owner: str, document_id: str) -> UploadProgress:
        """Raises NotFound, or WrongState `not_multipart` or `invalid_state`."""
        document = self._open(owner, document_id)
        parts = self._listed(document)
        return UploadProgress(document.plan, parts, document.plan.missing(part.part_number for part in parts))

    def sign(
        self,
        owner: str,
        document_id: str,
        part_numbers: Sequence[int],
        checksums: Mapping[int, str],
        now: datetime,
    ) -> PartUrlBatch:
        """URLs for up to 1,000 parts. Raises NotFound, WrongState or InvalidInput."""
        document = self._window(owner, document_id, part_numbers, MAX_URLS, now)
        _check_checksums(document, part_numbers, checksums)
        return sign_parts(
            self.signer(), document, part_numbers, checksums, lifetime=self.url_lifetime, now=now
        )

    def sign_compact(
        self, owner: str, document_id: str, part_numbers: Sequence[int], now: datetime
    ) -> CompactPartUrls:
        """Signatures for up to 10,000 parts. Raises as `sign` does."""
        document = self._window(owner, document_id, part_numbers, MAX_PARTS, now)
        _check_checksums(document, part_numbers, {})
        return sign_compact(self.signer(), document, part_numbers, lifetime=self.url_lifetime, now=now)

    def complete(
        self, owner: str, document_id: str, *, crc64nvme: str | None, clock: Callable[[], datetime]
    ) -> Completion:
        """Idempotent. Raises NotFound, WrongState (`object_not_uploaded`, `parts_incomplete`, `size_mismatch`,
        `part_mismatch`, `upload_in_progress`, `invalid_state`, `upload_expired`) or Unavailable.
        """
        document = find_document(self.repository, owner, document_id)
        if document.method is not Method.MULTIPART:
            return _single(document)
        claim = self._apply_event(document, CompleteRequested(), clock)
        if claim is Ignored.ALREADY_APPLIED:
            return Completion(find_document(self.repository, owner, document_id), done=True)
        if claim is Ignored.LEASED and self._is_gone(document):
            # Nobody aborts under a lease, so its holder has completed it: this is a repeat, not a race.
            return Completion(document, done=False)
        if isinstance(claim, Ignored):
            raise _cannot_complete(claim, document)
        try:
            return self._completed(claim, crc64nvme)
        except (WrongState, Unavailable):
            self._apply_event(claim, CompleteFailed(claim.attempt), clock)
            raise

    def _completed(self, document: Document, crc64nvme: str | None) -> Completion:
        key, upload_id = staging_key(document.owner, document.id), document.upload_id or ""
        try:
            parts = self.multipart().parts(key, upload_id)
        except NoSuchUpload:
            return Completion(
                document, done=False
            )  # an earlier call has done it, and its event is on the way
        _check_parts(document.plan, parts)
        try:
            self.multipart().complete(key, upload_id, parts, size=document.size, crc64nvme=crc64nvme)
        except InvalidParts as refused:
            raise WrongState(Code.PART_MISMATCH, f"S3 refuses these parts: {refused}") from refused
        except (NoSuchUpload, Unavailable):
            return Completion(
                document, done=False
            )  # still under way, or done: the event or the janitor will know
        return Completion(document, done=True)

    def _is_gone(self, document: Document) -> bool:
        try:
            self.multipart().parts(staging_key(document.owner, document.id), document.upload_id or "")
        except NoSuchUpload:
            return True
        return False

    def _open(self, owner: str, document_id: str) -> Document:
        document = find_document(self.repository, owner, document_id)
        if document.method is not Method.MULTIPART:
            raise WrongState(Code.NOT_MULTIPART, "This document's bytes come in one request.")
        if document.status is not Status.PENDING:
            raise WrongState(
                Code.INVALID_STATE, f"The document is {document.status.public_status}; it takes no parts."
            )
        return document

    def _listed(self, document: Document) -> Sequence[UploadedPart]:
        try:
            return self.multipart().parts(staging_key(document.owner, document.id), document.upload_id or "")
        except NoSuchUpload:
            raise WrongState(Code.INVALID_STATE, "S3 no longer has this upload.", retry_after=1) from None

    def _window(
        self, owner: str, document_id: str, part_numbers: Sequence[int], most: int, now: datetime
    ) -> Document:
        document = self._open(owner, document_id)
        if now >= document.upload_deadline:
            raise _expired()
        if not 1 <= len(part_numbers) <= most:
            raise InvalidInput(
                Code.TOO_MANY_PARTS_REQUESTED, f"One window has 1 to {most} parts.", field="partNumbers"
            )
        document.plan.check_numbers(part_numbers)
        return self._extended(document, now)

    def _extended(self, document: Document, now: datetime) -> Document:
        """Whoever still asks for URLs is still at it, so the deadline moves on, up to a cap."""
        wanted = min(now + timedelta(seconds=self.upload_lifetime), document.created_at + MAX_UPLOAD_AGE)
        if wanted - document.upload_deadline < _WORTH_A_WRITE:
            return document
        after = self._apply_event(document, PartUrlsSigned(wanted), lambda: now)
        return document if isinstance(after, Ignored) else after

    def _apply_event(
        self, document: Document, event: Event, clock: Callable[[], datetime]
    ) -> Document | Ignored:
        return apply_event(self.repository, document, event, clock)


def _single(document: Document) -> Completion:
    """One PUT completes itself; this only tells whether it has arrived."""
    if document.status is Status.PENDING:
        raise WrongState(Code.OBJECT_NOT_UPLOADED, "The bytes have not arrived yet.", retry_after=1)
    if document.status in (Status.PROCESSING, Status.READY):
        return Completion(document, done=True)
    raise _cannot_complete(Ignored.WRONG_STATE, document)


def _check_parts(plan: PartPlan, parts: Sequence[UploadedPart]) -> None:
    missing = plan.missing(part.part_number for part in parts)
    if missing:
        shown = ", ".join(str(number) for number in missing[:10])
        raise WrongState(Code.PARTS_INCOMPLETE, f"{len(missing)} parts are missing: {shown}...")
    for part in parts:
        if part.part_number > plan.part_count or part.size != plan.size_of(part.part_number):
            raise WrongState(
                Code.SIZE_MISMATCH, f"Part {part.part_number} has {part.size} bytes, not as planned."
            )


def _check_checksums(document: Document, part_numbers: Sequence[int], checksums: Mapping[int, str]) -> None:
    if document.part_checksums != bool(checksums):
        raise InvalidInput(
            Code.CHECKSUM_INVALID,
            "Each part needs a sha256 if create said so, and none may if not.",
            field="checksums",
        )
    if checksums and set(part_numbers) != checksums.keys():
        raise InvalidInput(Code.CHECKSUM_INVALID, "Give one sha256 for each part number.", field="checksums")


def _cannot_complete(refusal: Ignored, document: Document) -> WrongState:
    if refusal is Ignored.LEASED:
        return WrongState(Code.UPLOAD_IN_PROGRESS, "Another call is completing this upload.", retry_after=2)
    if refusal is Ignored.DEADLINE_EXCEEDED or document.status is Status.EXPIRED:
        return _expired()
    return WrongState(
        Code.INVALID_STATE, f"A document that is {document.status.public_status} cannot be completed."
    )


def _expired() -> WrongState:
    return WrongState(Code.UPLOAD_EXPIRED, "The time for this upload is over; create a new document.")
