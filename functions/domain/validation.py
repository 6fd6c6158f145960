"""Validation of an upload request, and the document that results from it. Without I/O."""

import hashlib
import json
import re
from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from functions.domain import filename
from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.deadlines import Lifetimes, first_deadline
from functions.domain.details import check_metadata
from functions.domain.document import UNNAMED, Document, HistoryEntry, Method, Status
from functions.domain.errors import InvalidInput
from functions.domain.kinds import MAX_SINGLE_PUT, Kind, Kinds
from functions.domain.media_types import OCTET_STREAM, check_extension, find_charset, interpret, with_charset
from functions.domain.parts import choose_part_size, plan_parts
from functions.domain.redirects import check_redirect

_ONLY_OF_FORMS = ("max_size", "success_redirect")
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRequest:
    """The request of a client to upload a file. The types are right; the values are not yet validated.

    A form whose file is not known yet has a `max_size` instead of a size. `success_redirect` is the URL that a form leads to.
    `size` is in bytes, `sha256` is lower-case hex. If `method` is None, the service chooses one. If `part_checksums` is
    set, the client sends a SHA-256 with each part. `part_size` is the preferred size of a part in bytes.
    """

    file_name: str | None = None
    size: int | None = None
    max_size: int | None = None
    success_redirect: str | None = None
    content_type: str = ""
    kind: str | None = None
    title: str | None = None
    sha256: str | None = None
    method: Method | None = None
    part_checksums: bool = False
    part_size: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Returns a hash that is equal for equal requests. An Idempotency-Key is valid for one fingerprint only.

        `part_size` does not count, because a client that measures its line may wish for other parts when it repeats a create.
        """
        identity = {name: value for name, value in asdict(self).items() if name != "part_size"}
        for name in _ONLY_OF_FORMS:
            if identity[name] is None:
                # Keys of creates without these fields stay valid when they are new to a deployment.
                del identity[name]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class InvalidRequest:
    """An item of a batch that does not match the schema of a request: its JSON, and the error of a create with it."""

    text: str
    error: InvalidInput

    def fingerprint(self) -> str:
        """Returns a hash that is equal for equal items."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def create_document(
    request: UploadRequest,
    kinds: Kinds,
    *,
    caller: Caller,
    document_id: str,
    now: datetime,
    lifetimes: Lifetimes,
    part_size: int,
    redirect_origins: Container[str] = (),
) -> Document:
    """Returns the PENDING document of a valid request, of the owner whom the caller acts for.

    `part_size` is the target size of a part in bytes for a request that has none. A larger file has parts, unless the
    request says otherwise. A form may lead back to `redirect_origins`.

    Raises InvalidInput.
    """
    _check_redirect(request, redirect_origins)
    known = _check_form(request, kinds) if request.max_size is not None else _check_file(request, kinds)
    target = choose_part_size(request.part_size, part_size)
    method = request.method or _choose_method(request, known.size, target)
    _check_method(method, request, known)
    check_metadata(request.metadata)
    document = Document(
        owner=caller.owner,
        id=document_id,
        file_name=known.name,
        title=request.title or known.name,
        kind=known.kind.name,
        size=known.size,
        max_size=request.max_size,
        success_redirect=request.success_redirect,
        declared_content_type=with_charset(known.content_type, find_charset(request.content_type)),
        declared_sha256=request.sha256,
        method=method,
        staging_area=known.kind.staging_area,
        part_size=plan_parts(known.size, target).part_size if method is Method.MULTIPART else None,
        part_checksums=request.part_checksums,
        metadata=dict(request.metadata),
        created_at=now,
        updated_at=now,
        upload_deadline=now,
        history=(HistoryEntry(Status.PENDING, now, actor=caller.actor),),
        reserved_bytes=known.size,
        created_by=caller.client,
    )
    return replace(document, upload_deadline=first_deadline(document, lifetimes))


class _File(NamedTuple):
    """The file of a valid request. `size` is the largest size of a file that is not known yet."""

    name: str
    size: int
    content_type: str
    kind: Kind


def _check_file(request: UploadRequest, kinds: Kinds) -> _File:
    if request.file_name is None or request.size is None:
        missing = "size" if request.size is None else "fileName"
        raise InvalidInput(Code.VALIDATION_FAILED, "Only a form with maxSize does without it.", field=missing)
    name = filename.clean(request.file_name)
    content_type = _choose_type(request, name, kinds)
    if request.size < 1:
        raise InvalidInput(Code.SIZE_TOO_SMALL, field="size")
    kind = kinds.choose(request.kind, content_type, request.size)
    check_extension(name, content_type, accepted=() if kind.strict_types else kind.content_types)
    return _File(name, request.size, content_type, kind)


def _check_form(request: UploadRequest, kinds: Kinds) -> _File:
    """Checks a request for a form whose file is not known yet. The pipeline detects its type."""
    maximum = request.max_size or 0
    if request.size is not None or request.content_type:
        excluded = "contentType" if request.size is None else "size"
        raise InvalidInput(Code.VALIDATION_FAILED, "A create with maxSize has none.", field=excluded)
    if request.kind is None or request.method is not Method.POST:
        required = "kind" if request.kind is None else "method"
        raise InvalidInput(
            Code.VALIDATION_FAILED, "maxSize requires a kind and the method POST.", field=required
        )
    if maximum < 1:
        raise InvalidInput(Code.SIZE_TOO_SMALL, field="maxSize")
    kind = kinds.choose_by_name(request.kind, maximum)
    name = filename.clean(request.file_name) if request.file_name is not None else UNNAMED
    return _File(name, maximum, OCTET_STREAM, kind)


def _check_redirect(request: UploadRequest, allowed: Container[str]) -> None:
    if request.success_redirect is not None and request.method is not Method.POST:
        raise InvalidInput(
            Code.VALIDATION_FAILED, "Only a form leads to another page.", field="successRedirect"
        )
    check_redirect(request.success_redirect, allowed)


def _choose_type(request: UploadRequest, name: str, kinds: Kinds) -> str:
    """Returns the first of the content types that the sender may mean which is accepted, or the first one."""
    candidates = interpret(request.content_type, name)
    return next((each for each in candidates if kinds.accepts(request.kind, each)), candidates[0])


def _choose_method(request: UploadRequest, size: int, part_size: int) -> Method:
    """Returns PUT for a file of one part, and for one with a SHA-256, because S3 verifies it for PUT only."""
    if size <= part_size or (request.sha256 and size <= MAX_SINGLE_PUT):
        return Method.PUT
    return Method.MULTIPART


def _check_method(method: Method, request: UploadRequest, file: _File) -> None:
    if method is Method.POST and not file.kind.forms:
        raise InvalidInput(
            Code.FORM_NOT_ALLOWED, f"The kind {file.kind.name} does not accept HTML forms.", field="method"
        )
    if method is not Method.MULTIPART and file.size > MAX_SINGLE_PUT:
        raise InvalidInput(
            Code.MULTIPART_REQUIRED,
            f"The maximum size of a single {method} is {MAX_SINGLE_PUT} bytes.",
            field="size" if request.max_size is None else "maxSize",
        )
    if method is not Method.MULTIPART and request.part_checksums:
        raise InvalidInput(
            Code.CHECKSUM_INVALID, f"An upload with {method} has no parts.", field="partChecksums"
        )
    if request.method in (Method.PUT, Method.POST) and request.part_size is not None:
        raise InvalidInput(Code.VALIDATION_FAILED, f"An upload with {method} has no parts.", field="partSize")
    if request.sha256 is None:
        return
    if not _SHA256_HEX.fullmatch(request.sha256):
        raise InvalidInput(Code.CHECKSUM_INVALID, "sha256 must be 64 lower-case hex digits.", field="sha256")
    if method is not Method.PUT:
        raise InvalidInput(
            Code.CHECKSUM_INVALID,
            "S3 verifies the sha256 of the whole file only for a single PUT.",
            field="sha256",
        )
