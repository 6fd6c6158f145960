"""The presigned requests that clients get: PUT one file once, upload one part, post one form, read one version.

The signature covers everything that S3 can check. The README lists it under "What is signed".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from functions.domain.arrived_file import FILE_NAME
from functions.domain.checksums import to_base64
from functions.domain.content import StoredContent
from functions.domain.document import UNNAMED, Document
from functions.domain.file_types import TYPES
from functions.domain.filename import content_disposition
from functions.domain.media_types import with_charset
from functions.signing.sigv4 import PartSigner, SignedForm, SignedUrl, Signer


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """A PUT of one file. The client sends `headers` unchanged; its HTTP client adds the signed content-length."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: datetime


def sign_put(signer: Signer, document: Document, *, lifetime: int, now: datetime) -> PresignedPut:
    """Signs one PUT of exactly the declared size and type, and of exactly the declared SHA-256 if there is one.

    `if-none-match: *` is signed, so that a repeated PUT fails. `lifetime` is in seconds.
    """
    headers = {"content-type": document.declared_content_type, "if-none-match": "*"}
    headers |= _checksum_header(document.declared_sha256)
    signed = signer.presign(
        "PUT",
        document.staging_key,
        headers={**headers, "content-length": str(document.size)},
        lifetime=lifetime,
        now=now,
    )
    return PresignedPut(signed.url, headers, signed.expires_at)


def sign_form(signer: Signer, document: Document, *, bucket: str, lifetime: int, now: datetime) -> SignedForm:
    """Signs one HTML form of exactly the declared size and type. `lifetime` is in seconds.

    A form for a file that is not known yet allows any size up to the largest one, and S3 keeps the name of the file with it.
    S3 supports no If-None-Match for forms: a repeated POST creates a second version, which promotion deletes.
    """
    smallest = document.size if document.max_size is None else 1
    redirect = document.success_redirect
    success = {"success_action_redirect": redirect} if redirect else {"success_action_status": "201"}
    return signer.sign_form(
        document.staging_key,
        bucket=bucket,
        fields={"Content-Type": document.declared_content_type, **success},
        free_fields=_name_field(document),
        conditions=[["content-length-range", smallest, document.size]],
        lifetime=lifetime,
        now=now,
    )


def _name_field(document: Document) -> Sequence[tuple[str, str]]:
    """Returns the field that S3 replaces by the name of the file, if the document has no name yet.

    S3 replaces the variable in all fields, before it compares them with the policy.
    https://docs.aws.amazon.com/AmazonS3/latest/API/HTTPPOSTForms.html
    """
    is_open = document.max_size is not None and document.file_name == UNNAMED
    return [(f"x-amz-meta-{FILE_NAME}", "${filename}")] if is_open else []


@dataclass(frozen=True, slots=True)
class PresignedPart:
    """A PUT request for one part of `size` bytes. The client sends `headers` unchanged."""

    part_number: int
    size: int
    url: str = field(repr=False)
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartUrlBatch:
    """Presigned requests for some parts of one upload, and the time at which all of them expire."""

    parts: Sequence[PresignedPart]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CompactPartUrls:
    """One URL with the placeholders `{partNumber}` and `{signature}`, and the signature of each part number."""

    url_template: str = field(repr=False)
    signatures: Mapping[int, str] = field(repr=False)
    expires_at: datetime


def sign_parts(
    signer: Signer,
    document: Document,
    part_numbers: Iterable[int],
    checksums: Mapping[int, str],
    *,
    lifetime: int,
    now: datetime,
) -> PartUrlBatch:
    """Signs a URL for each part, of exactly its size. `checksums` are SHA-256 in hex by part number."""
    plan, presigned = document.plan, []
    expires_at = now
    for number in part_numbers:
        headers = _checksum_header(checksums.get(number))
        part_signer = _create_part_signer(signer, document, plan.size_of(number), headers, lifetime, now)
        presigned.append(PresignedPart(number, plan.size_of(number), part_signer.presign(number), headers))
        expires_at = part_signer.expires_at
    return PartUrlBatch(presigned, expires_at)


def sign_compact(
    signer: Signer, document: Document, part_numbers: Sequence[int], *, lifetime: int, now: datetime
) -> CompactPartUrls:
    """Signs the same requests without checksums, as 64 hex digits a part instead of a whole URL.

    All parts except the last have the same size, so two part signers suffice.
    """
    plan = document.plan
    full = _create_part_signer(signer, document, plan.part_size, {}, lifetime, now)
    last = _create_part_signer(signer, document, plan.size_of(plan.part_count), {}, lifetime, now)
    signatures = {
        number: (last if number == plan.part_count else full).sign(number) for number in part_numbers
    }
    return CompactPartUrls(full.template, signatures, full.expires_at)


def _create_part_signer(
    signer: Signer, document: Document, size: int, headers: Mapping[str, str], lifetime: int, now: datetime
) -> PartSigner:
    return signer.create_part_signer(
        document.staging_key,
        document.upload_id or "",
        headers={**headers, "content-length": str(size)},
        lifetime=lifetime,
        now=now,
    )


def _checksum_header(sha256: str | None) -> dict[str, str]:
    """Returns the header of a SHA-256 in hex, no header for None."""
    return {} if sha256 is None else {"x-amz-checksum-sha256": to_base64(sha256)}


DownloadMethod = Literal["GET", "HEAD"]


def sign_download(
    signer: Signer,
    content: StoredContent,
    *,
    inline: bool,
    method: DownloadMethod = "GET",
    lifetime: int,
    now: datetime,
) -> SignedUrl:
    """Signs a GET or HEAD of exactly one version, with its file name, its content type and, for text, its charset if known.

    `inline` takes effect only for content types that cannot run scripts. `lifetime` is in seconds.
    """
    query = describe_response(content, inline=inline)
    return signer.presign(method, content.key, query=query, lifetime=lifetime, now=now)


def describe_response(content: StoredContent, *, inline: bool) -> dict[str, str]:
    """Returns the query of a download: the version, and the headers that S3 responds with."""
    file_type = TYPES.get(content.content_type)
    is_inline = inline and file_type is not None and file_type.is_inline
    return {
        "versionId": content.version,
        "response-content-type": with_charset(content.content_type, content.charset),
        "response-content-disposition": content_disposition(
            "inline" if is_inline else "attachment", content.file_name
        ),
    }
