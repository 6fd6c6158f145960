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


class CreateRequest(Model):
    """A file that the client wants to upload. An unknown field is an error."""

    file_name: str
    """Stored in NFC, without path and invisible characters. The extension is kept where a name is shortened to 255 bytes of UTF-8."""
    size: int
    """Bytes. S3 rejects any other length."""
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
            "object_gone",
        ]
        | str
        | None
    )
    """Why a document was rejected or has failed."""
    size: int
    """Bytes."""
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
    """RFC 9457. `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
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


class TicketResponse(Model):
    """A URL that opens one WebSocket."""

    url: str = Field(repr=False)
    """A secret. It opens one connection, and only until `expiresAt`."""
    expires_at: datetime


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
