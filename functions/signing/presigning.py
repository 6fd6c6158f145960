"""What each presigned request allows: to write one file once, to post one form, or to read one version.

Everything that S3 should check is in the signature; see "What is signed" in the README.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.domain.document import Document
from functions.domain.filename import content_disposition
from functions.domain.keys import documents_key, staging_key
from functions.signing.sigv4 import PartSigner, SignedForm, SignedUrl, Signer

_INLINE_TYPES = frozenset(
    [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/heic",
        "image/bmp",
        "image/tiff",
        "application/pdf",
        "text/plain",
        "audio/mpeg",
        "audio/wav",
        "audio/flac",
        "audio/ogg",
        "audio/mp4",
        "audio/aac",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "video/x-matroska",
        "video/ogg",
    ]
)
"""What a browser may show in place. HTML, SVG and XML can run scripts and are never among them."""


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """`headers` are those the client must send as given; its HTTP client adds the signed content-length."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: datetime


def sign_put(signer: Signer, document: Document, *, lifetime: int, now: datetime) -> PresignedPut:
    """One file, once, of exactly the declared size and type, and of the declared bytes if their hash is known."""
    headers = {"content-type": document.declared_content_type, "if-none-match": "*"}
    headers |= _checksum_header(document.declared_sha256)
    signed = signer.presign(
        "PUT",
        staging_key(document.owner, document.id),
        headers={**headers, "content-length": str(document.size)},
        lifetime=lifetime,
        now=now,
    )
    return PresignedPut(signed.url, headers, signed.expires_at)


def sign_form(signer: Signer, document: Document, *, bucket: str, lifetime: int, now: datetime) -> SignedForm:
    """The same for an HTML form, except that S3 offers forms no If-None-Match: a repeat makes a second version,
    which promotion deletes."""
    return signer.sign_form(
        staging_key(document.owner, document.id),
        bucket=bucket,
        fields={"Content-Type": document.declared_content_type, "success_action_status": "201"},
        conditions=[["content-length-range", document.size, document.size]],
        lifetime=lifetime,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class PresignedPart:
    """`size` is bytes, and signed; `headers` are those the client must send as given."""

    part_number: int
    size: int
    url: str = field(repr=False)
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartUrlBatch:
    parts: Sequence[PresignedPart]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CompactPartUrls:
    """One URL with `{partNumber}` and `{signature}` in it, and a signature for each part number."""

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
    """A URL for each part, of exactly its size; `checksums` are SHA-256 in hex by part number."""
    plan, signed = document.plan, []
    expires_at = now
    for number in part_numbers:
        headers = _checksum_header(checksums.get(number))
        parts = _part_signer(signer, document, plan.size_of(number), headers, lifetime, now)
        signed.append(PresignedPart(number, plan.size_of(number), parts.url(number), headers))
        expires_at = parts.expires_at
    return PartUrlBatch(signed, expires_at)


def sign_compact(
    signer: Signer, document: Document, part_numbers: Sequence[int], *, lifetime: int, now: datetime
) -> CompactPartUrls:
    """The same in a few bytes a part; all parts but the last have one size, so two signers serve them all."""
    plan = document.plan
    full = _part_signer(signer, document, plan.part_size, {}, lifetime, now)
    last = _part_signer(signer, document, plan.size_of(plan.part_count), {}, lifetime, now)
    signatures = {
        number: (last if number == plan.part_count else full).signature(number) for number in part_numbers
    }
    return CompactPartUrls(full.template, signatures, full.expires_at)


def _part_signer(
    signer: Signer, document: Document, size: int, headers: Mapping[str, str], lifetime: int, now: datetime
) -> PartSigner:
    return signer.part_signer(
        staging_key(document.owner, document.id),
        document.upload_id or "",
        headers={**headers, "content-length": str(size)},
        lifetime=lifetime,
        now=now,
    )


def _checksum_header(sha256: str | None) -> dict[str, str]:
    """S3 wants base64 where people and `sha256sum` write hex."""
    if sha256 is None:
        return {}
    return {"x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode()}


def sign_download(
    signer: Signer, document: Document, *, inline: bool, lifetime: int, now: datetime
) -> SignedUrl:
    """The promoted version and no other, under the name it was uploaded with and the type that was detected."""
    content_type = document.content_type or "application/octet-stream"
    shown = inline and content_type in _INLINE_TYPES
    query = {
        "versionId": document.stored_version or "",
        "response-content-type": content_type,
        "response-content-disposition": content_disposition(
            "inline" if shown else "attachment", document.file_name
        ),
    }
    key = documents_key(document.owner, document.id)
    return signer.presign("GET", key, query=query, lifetime=lifetime, now=now)
