"""Requests and responses of the API. Generated from functions/http/openapi.json by `make generate`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from airlock_client._model import Model


class BatchDeleteRequest(Model):
    ids: list[str]


class BatchDeleteResponse(Model):
    results: list[DeleteResult]


class BatchRequest(Model):
    """Files that the client wants to upload. Each is validated by itself."""

    documents: list[CreateRequest]
    on_behalf_of: str | None = None
    """Only for a machine token: the owner of what is created, whose limits count. It is what the owner claim of that user's own tokens has. Without it, the machine owns what it creates."""


class BatchResponse(Model):
    """A multipart upload has no part URLs here; `presignParts` returns them."""

    results: list[CreateResponse | FailedCreate]


class CompactPartsResponse(Model):
    """Replace `{partNumber}` and `{signature}` in `urlTemplate`."""

    url_template: str = Field(repr=False)
    headers: dict[str, str]
    signatures: dict[str, str] = Field(repr=False)
    expires_at: datetime


class CompleteRequest(Model):
    crc64nvme: str | None = None
    """CRC-64/NVME of the whole file in base64. S3 verifies it."""


class CreateOneRequest(Model):
    """The file of a create that is no batch, and the owner of the document."""

    file_name: str | None = None
    """Required, but for a form with `maxSize`, which has the name that the browser sends with the file. Stored in NFC, without path and invisible characters. The extension is kept where a name is shortened to 255 bytes of UTF-8."""
    size: int | None = None
    """Bytes. Required without `maxSize`. S3 rejects any other length."""
    max_size: int | None = None
    """Bytes. Instead of `size`, for a form whose file is not known yet. With `kind` and the method `POST`, and without `contentType`, which is detected."""
    success_redirect: str | None = None
    """URL to which S3 sends the browser after a form, with `bucket`, `key` and `etag` appended. Its origin is one that the deployment allows. Without it, S3 responds with 201."""
    content_type: str | None = None
    """One that the kind accepts. Absent, empty or `application/octet-stream`: that of the extension."""
    kind: str | None = None
    """The policy to apply. Default: the first that accepts the content type."""
    title: str | None = None
    sha256: str | None = None
    """64 lower-case hex digits. S3 verifies it."""
    method: Literal["PUT", "POST", "MULTIPART"] | str | None = None
    """`POST` returns the fields of an HTML form. By default the size decides."""
    part_checksums: bool | None = None
    """Each part is sent with its SHA-256, which S3 verifies. Multipart only."""
    part_size: int | None = None
    """Preferred size of the parts of a multipart upload in bytes, instead of the deployment's. A wish: S3's limits (5 MiB to 5 GiB, 10,000 parts) come first, and `upload.partSize` is what counts. A repeated create may wish for another size, which changes nothing. Without `method`, a larger file is uploaded in parts."""
    metadata: dict[str, str] | None = None
    on_behalf_of: str | None = None
    """Only for a machine token: the owner of what is created, whose limits count. It is what the owner claim of that user's own tokens has. Without it, the machine owns what it creates."""


class CreateRequest(Model):
    """A file that the client wants to upload. An unknown field is an error."""

    file_name: str | None = None
    """Required, but for a form with `maxSize`, which has the name that the browser sends with the file. Stored in NFC, without path and invisible characters. The extension is kept where a name is shortened to 255 bytes of UTF-8."""
    size: int | None = None
    """Bytes. Required without `maxSize`. S3 rejects any other length."""
    max_size: int | None = None
    """Bytes. Instead of `size`, for a form whose file is not known yet. With `kind` and the method `POST`, and without `contentType`, which is detected."""
    success_redirect: str | None = None
    """URL to which S3 sends the browser after a form, with `bucket`, `key` and `etag` appended. Its origin is one that the deployment allows. Without it, S3 responds with 201."""
    content_type: str | None = None
    """One that the kind accepts. Absent, empty or `application/octet-stream`: that of the extension."""
    kind: str | None = None
    """The policy to apply. Default: the first that accepts the content type."""
    title: str | None = None
    sha256: str | None = None
    """64 lower-case hex digits. S3 verifies it."""
    method: Literal["PUT", "POST", "MULTIPART"] | str | None = None
    """`POST` returns the fields of an HTML form. By default the size decides."""
    part_checksums: bool | None = None
    """Each part is sent with its SHA-256, which S3 verifies. Multipart only."""
    part_size: int | None = None
    """Preferred size of the parts of a multipart upload in bytes, instead of the deployment's. A wish: S3's limits (5 MiB to 5 GiB, 10,000 parts) come first, and `upload.partSize` is what counts. A repeated create may wish for another size, which changes nothing. Without `method`, a larger file is uploaded in parts."""
    metadata: dict[str, str] | None = None


class CreateResponse(Model):
    document: Document
    upload: PutUpload | FormUpload | MultipartUpload | None
    """Null if a repeated create finds that the bytes have arrived."""


class DeleteResult(Model):
    id: str
    problem: ItemProblem | None = None
    """Missing if the document is deleted."""


class Document(Model):
    id: str
    file_name: str
    title: str
    kind: str
    status: (
        Literal["pending", "processing", "ready", "rejected", "expired", "aborted", "failed", "deleted"] | str
    )
    reason: (
        Literal[
            "size_mismatch",
            "duplicate",
            "type_mismatch",
            "type_not_allowed",
            "suspicious_content",
            "password_protected",
            "malware_found",
            "scan_inconclusive",
            "attempts_exhausted",
            "image_unreadable",
            "image_too_large",
            "animation_not_allowed",
            "step_rejected",
            "review_rejected",
            "step_timed_out",
            "not_a_table",
            "columns_invalid",
            "too_many_rejected_rows",
            "table_too_large",
            "not_claimed",
            "object_gone",
        ]
        | str
        | None
    )
    """Why a document was rejected, has failed, or expired unclaimed."""
    message: str | None = None
    """The reason as a sentence for the end user, in the language that `Accept-Language` prefers. Absent without a reason."""
    size: int
    """Bytes. That of `maxSize` until the file of a form has arrived."""
    max_size: int | None = None
    """The largest size that a form allows whose file was not known. Absent for every other upload."""
    content_type: str | None
    """Detected from the bytes. Null until they are inspected."""
    declared_content_type: str
    sha256: str | None
    """Computed by S3 over the whole object. Null until `ready`."""
    metadata: dict[str, str]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    """Deadline for the bytes of a pending document, which new URLs and parts that arrive extend, or to restore a deleted one. Otherwise null."""
    bytes_expire_at: datetime | None = None
    """When a failed document is purged with its bytes. Absent if they stay until it is deleted."""
    claim_by: datetime | None = None
    """When a ready document expires with its bytes, unless it is claimed before. Absent if its kind wants no claim."""
    claimed_at: datetime | None = None
    """When the document was claimed. Absent until then."""
    duplicate_of: str | None = None
    """The document that had the same content when this one was checked. It may be deleted since. Absent if there was none, or if the kind does not look for duplicates."""
    steps: list[Step]
    """Checks and results of the pipeline, in order."""
    renditions: dict[str, Rendition]
    """Objects that steps made of the document, by name; `rendition` of a download selects one."""
    etag: str
    """Changes with every change of the document. For `If-Match`, with its quotes."""
    history: list[HistoryEntry]


class DownloadResponse(Model):
    url: str = Field(repr=False)
    expires_at: datetime
    file_name: str
    """The name under which it is saved. Its extension agrees with the content type."""
    size: int
    """Bytes."""
    content_type: str
    sha256: str | None
    needs_ranges: bool
    """True if the file is larger than the largest response, so that it has to be requested in ranges (`Range: bytes=...`). A response of S3 has up to 5 TB, one of CloudFront 50 GB."""


DuplicatePolicy = Literal["keep", "report", "reject"] | str
"""The setting `duplicates` of a kind."""


class FailedCreate(Model):
    problem: ItemProblem


class FieldProblem(Model):
    field: str
    detail: str


class FormUpload(Model):
    """Post a form with these fields, and the file as the last field, `file`."""

    method: Literal["POST"]
    url: str = Field(repr=False)
    fields: dict[str, str] = Field(repr=False)
    expires_at: datetime


class GatewayMessage(Model):
    """Response of API Gateway before any function runs. Its format cannot be changed."""

    message: str | None


class HistoryEntry(Model):
    """A change of status or, with `changed`, of these fields. `actor` is the subject (`sub`) of the user's token.

    A change that no user asked for, such as the end of the checks, has no actor."""

    status: (
        Literal["pending", "processing", "ready", "rejected", "expired", "aborted", "failed", "deleted"] | str
    )
    at: datetime
    reason: (
        Literal[
            "size_mismatch",
            "duplicate",
            "type_mismatch",
            "type_not_allowed",
            "suspicious_content",
            "password_protected",
            "malware_found",
            "scan_inconclusive",
            "attempts_exhausted",
            "image_unreadable",
            "image_too_large",
            "animation_not_allowed",
            "step_rejected",
            "review_rejected",
            "step_timed_out",
            "not_a_table",
            "columns_invalid",
            "too_many_rejected_rows",
            "table_too_large",
            "not_claimed",
            "object_gone",
        ]
        | str
        | None
    ) = None
    changed: list[str] | None = None
    actor: str | None = None


class ItemProblem(Model):
    """Problem of one item of a batch: what the response to a call for this item alone would be."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    message: str | None = None
    """A sentence for the end user, in the language that `Accept-Language` prefers."""
    errors: list[FieldProblem] | None = None
    retry_after: int | None = None
    """Seconds."""
    duplicate_of: str | None = None
    """The document with the same content."""


class KindDescription(Model):
    """One sort of document, and what is accepted as such."""

    name: str
    content_types: list[str]
    extensions: list[str]
    """Extensions of these content types, each with its dot. A name with another known extension is rejected."""
    min_size: int
    """Bytes."""
    max_size: int
    """Bytes."""
    methods: list[Literal["PUT", "POST", "MULTIPART"] | str]
    """Methods that a create may name."""
    steps: list[str]
    """The steps that a file passes before it is ready, in order."""
    strict_types: bool
    """True if the bytes must have the declared content type, false if any type of this kind will do."""
    duplicates: DuplicatePolicy
    """`report`: a file that you have stored under this kind already names the other document. `reject`: it is rejected, by the create if that declares its `sha256`."""
    claim_within: int | None = None
    """Seconds after which a ready document expires unless it is claimed. Absent if it needs no claim."""


class KindsResponse(Model):
    """The kinds and limits of this deployment. A create without `kind` gets the first kind that accepts its content type."""

    kinds: list[KindDescription]
    max_request_size: int
    """Maximum size of one PUT or form in bytes. A larger file needs `MULTIPART`."""
    limits: OwnerLimits
    push: bool
    """True if `POST /events/tickets` exists, by which the server reports changes."""


class ListResponse(Model):
    """One page. It ends before its limit if its JSON would exceed 4 MB."""

    documents: list[Document]
    next_cursor: str | None
    """Null on the last page."""
    incomplete: bool
    """True if the search stopped early, because one call reads a limited number of documents. `nextCursor` continues it, even if the page is empty."""


class MultipartUpload(Model):
    """PUT each part to its URL, request more URLs with `presignParts`, then call `completeUpload`."""

    method: Literal["MULTIPART"]
    part_size: int
    """Bytes of every part but the last."""
    part_count: int
    parts: list[PresignedPart]
    """URLs of the first parts."""
    expires_at: datetime
    """When these URLs expire."""
    last_expires_at: datetime
    """When the upload ends, however active the client is."""


class OpenUploadsUsage(Model):
    """Uploads whose bytes have not arrived."""

    count: int
    """May be too high for up to an hour after an upload ends, never too low."""
    max_count: int
    remaining_count: int
    """`max...` less what is used, never below 0."""


class OwnerLimits(Model):
    """The limits of the caller. A day begins at midnight UTC."""

    open_uploads: int
    stored_bytes: int
    daily_files: int
    daily_bytes: int


class PartsRequest(Model):
    part_numbers: list[int]
    """Up to 1,000, or 10,000 with `compact`."""
    checksums: dict[str, str] | None = None
    """SHA-256 of each part in hex, by part number. Required after `partChecksums`."""
    compact: bool | None = None
    """Return one URL template and a signature per part."""


class PartsResponse(Model):
    parts: list[PresignedPart]
    expires_at: datetime


class PresignedPart(Model):
    part_number: int
    size: int
    """Bytes. S3 rejects any other length."""
    url: str = Field(repr=False)
    headers: dict[str, str]


class Problem(Model):
    """RFC 9457. `code` is stable, `detail` is for developers, `message` for end users."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    message: str | None = None
    """A sentence for the end user, in the language that `Accept-Language` prefers."""
    request_id: str
    errors: list[dict[str, Any]] | None = None
    duplicate_of: str | None = None
    """The document with the same content, with `duplicate`."""


class PutUpload(Model):
    """Send the file as the body of one PUT with exactly these headers."""

    method: Literal["PUT"]
    url: str = Field(repr=False)
    headers: dict[str, str]
    expires_at: datetime


class RateLimit(Model):
    """A rate: `burst` at once after a pause, and `perSecond` sustained."""

    per_second: int
    burst: int


class RateLimits(Model):
    """Limits of rates. Beyond them the API responds with 429 and `Retry-After`."""

    creates: RateLimit
    """Each document of a batch counts."""
    calls: RateLimit | None
    """Null: no limit of yours, but that of all callers."""


class Rendition(Model):
    """An object that a step made of the document."""

    content_type: str
    size: int
    """Bytes."""
    sha256: str
    width: int | None = None
    """Pixels."""
    height: int | None = None
    """Pixels."""


class Step(Model):
    """One step of the pipeline that has run."""

    name: str
    status: Literal["passed", "rejected", "waiting"] | str
    at: datetime
    detail: str | None = None


class StoredUsage(Model):
    """Bytes of your documents. Open uploads count with their declared size, and deleted documents until they are purged."""

    bytes: int
    max_bytes: int
    remaining_bytes: int
    """`max...` less what is used, never below 0."""


class TicketResponse(Model):
    """A URL that opens one WebSocket."""

    url: str = Field(repr=False)
    """A secret. It opens one connection, and only until `expiresAt`."""
    expires_at: datetime


class TodayUsage(Model):
    """Counts from midnight UTC. `files` and `bytes` are of the documents that you have created."""

    files: int
    max_files: int
    remaining_files: int
    """`max...` less what is used, never below 0."""
    bytes: int
    max_bytes: int
    remaining_bytes: int
    """`max...` less what is used, never below 0."""
    download_bytes: int
    """Bytes of what the download URLs of the day return, each counted once. 0 without a limit, because nothing is counted."""
    max_download_bytes: int | None
    """Null: no limit."""
    remaining_download_bytes: int | None
    """`max...` less what is used, never below 0. Null: no limit."""
    resets_at: datetime
    """The next midnight UTC."""


class UpdateRequest(Model):
    """The fields to change. Others stay, and an unknown field is an error."""

    file_name: str | None = None
    """Cleaned as in a create. A title that equals the file name follows it."""
    title: str | None = None
    """Null stands for the file name."""
    metadata: dict[str, str | None] | None = None
    """Entries to replace, or with null to remove. Others stay."""


class UploadProgressResponse(Model):
    """Everything that a client needs to resume an upload."""

    part_size: int
    """Bytes of every part but the last."""
    part_count: int
    uploaded: list[UploadedPart]
    missing: list[int]


class UploadedPart(Model):
    part_number: int
    size: int
    """Bytes."""
    etag: str
    sha256: str | None = None


class UsageResponse(Model):
    """Your usage and your limits. A consistent read: every create that has ended is counted."""

    stored: StoredUsage
    open_uploads: OpenUploadsUsage
    today: TodayUsage
    rates: RateLimits
    is_blocked: bool
    """True if an operator has stopped your creates: `owner_blocked`."""
