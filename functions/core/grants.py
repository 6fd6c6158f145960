"""What each presigned request allows: to write one file once, to post one form, or to read one version.

Everything that S3 should check is in the signature; see "What is signed" in the README.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.core.document import Document
from functions.core.filename import content_disposition
from functions.core.keys import documents_key, staging_key
from functions.core.sigv4 import SignedForm, SignedUrl, Signer

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
class PutGrant:
    """`headers` are those the client must send as given; its HTTP client adds the signed content-length."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: datetime


def sign_put(signer: Signer, document: Document, *, lifetime: int, now: datetime) -> PutGrant:
    """One file, once, of exactly the declared size and type, and of the declared bytes if their hash is known."""
    headers = {"content-type": document.declared_content_type, "if-none-match": "*"}
    if document.declared_sha256 is not None:
        headers["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(document.declared_sha256)).decode()
    signed = signer.presign(
        "PUT",
        staging_key(document.owner, document.id),
        headers={**headers, "content-length": str(document.size)},
        lifetime=lifetime,
        now=now,
    )
    return PutGrant(signed.url, headers, signed.expires_at)


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
