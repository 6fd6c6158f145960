"""The API's JSON: pydantic models at the border, and how they are made from the core's objects."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from functions.domain import document as core
from functions.domain.validation import UploadRequest
from functions.http import part_schemas
from functions.http.json_types import ResponseModel, Time
from functions.services.documents import Download, Listing
from functions.services.uploads import CreateResult, PresignedUpload
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm

_SHOWN = [
    status for status in core.Status if status.public_status is status and status not in core.PURGED_STATUSES
]


def _shown(status: core.Status) -> core.Status:
    if status not in _SHOWN:
        raise ValueError("no document is ever shown with this status")
    return status


ShownStatus = Annotated[
    core.Status,
    AfterValidator(_shown),
    WithJsonSchema({"type": "string", "enum": [status.value for status in _SHOWN]}),
]
MetadataKey = Annotated[str, Field(min_length=1, max_length=64)]
MetadataValue = Annotated[str, Field(max_length=500)]


class CreateRequest(BaseModel):
    """A file the client wants to upload. Strict: a number in quotes is no number, an unknown field is an error."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="forbid")

    file_name: str = Field(max_length=1024, description="Cleaned: no path, no control characters, NFC.")
    size: int = Field(ge=0, le=1 << 53, description="Bytes; S3 refuses any other number.")
    content_type: str = Field(max_length=255, description="Must be one the kind accepts.")
    kind: str | None = Field(None, max_length=64, description="A section of kinds.toml.")
    title: str | None = Field(None, min_length=1, max_length=255)
    sha256: str | None = Field(None, max_length=128, description="64 lower-case hex digits; S3 checks it.")
    method: Literal["PUT", "POST", "MULTIPART"] | None = Field(
        None, description="POST gives the fields of an HTML form. Without one the size decides."
    )
    part_checksums: bool = Field(False, description="Each part will come with its SHA-256; S3 checks it.")
    metadata: dict[MetadataKey, MetadataValue] = Field(default_factory=dict, max_length=20)

    def to_core(self) -> UploadRequest:
        method = core.Method(self.method) if self.method else None
        return UploadRequest(**self.model_dump() | {"method": method})


class HistoryEntry(ResponseModel):
    status: ShownStatus
    at: Time
    reason: str | None = Field(None, exclude_if=lambda reason: reason is None)


class Document(ResponseModel):
    id: str
    file_name: str
    title: str
    kind: str
    status: ShownStatus
    reason: str | None = Field(description="Why a document was rejected or has failed.")
    size: int = Field(description="Bytes.")
    content_type: str | None = Field(description="Detected from the bytes; null until they were inspected.")
    declared_content_type: str
    sha256: str | None = Field(description="Computed by S3 over the whole object; null until ready.")
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time
    expires_at: Time | None = Field(
        description="Until when the bytes must arrive, or what is deleted can be restored; else null."
    )
    history: list[HistoryEntry]


class PutUpload(ResponseModel):
    """Send the file as the body of one PUT with exactly these headers."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires_at: Time


class FormUpload(ResponseModel):
    """Post a form with these fields, and the file as the last field, `file`."""

    method: Literal["POST"]
    url: str
    fields: dict[str, str]
    expires_at: Time


class MultipartUpload(ResponseModel):
    """PUT each part to its URL; POST /documents/{id}/parts gives URLs for more, /complete makes the object."""

    method: Literal["MULTIPART"]
    part_size: int = Field(description="Bytes of every part but the last.")
    part_count: int
    parts: list[part_schemas.SignedPart] = Field(description="The first window of parts.")
    expires_at: Time = Field(description="When these URLs expire.")
    last_expires_at: Time = Field(description="However active the client is, the upload ends then.")


class CreateResponse(ResponseModel):
    document: Document
    upload: PutUpload | FormUpload | MultipartUpload | None = Field(
        description="Null when a repeated create finds that the bytes are there already."
    )


class ListResponse(ResponseModel):
    documents: list[Document]
    next_cursor: str | None


class DownloadResponse(ResponseModel):
    url: str
    expires_at: Time
    file_name: str
    size: int
    content_type: str
    sha256: str | None


def document(record: core.Document) -> Document:
    return Document(
        id=record.id,
        file_name=record.file_name,
        title=record.title,
        kind=record.kind,
        status=record.status.public_status,
        reason=record.reason,
        size=record.size,
        content_type=record.content_type,
        declared_content_type=record.declared_content_type,
        sha256=record.sha256,
        metadata=dict(record.metadata),
        created_at=record.created_at,
        updated_at=record.updated_at,
        expires_at=record.upload_deadline if record.status is core.Status.PENDING else record.purge_after,
        history=[HistoryEntry(status=step.status, at=step.at, reason=step.reason) for step in record.history],
    )


def created(result: CreateResult) -> CreateResponse:
    upload = _upload(result.upload) if result.upload is not None else None
    return CreateResponse(document=document(result.document), upload=upload)


def listing(result: Listing) -> ListResponse:
    return ListResponse(
        documents=[document(record) for record in result.documents], next_cursor=result.next_cursor
    )


def download(result: Download) -> DownloadResponse:
    record = result.document
    return DownloadResponse(
        url=result.signed.url,
        expires_at=result.signed.expires_at,
        file_name=record.file_name,
        size=record.size,
        content_type=record.content_type or "",
        sha256=record.sha256,
    )


def _upload(grant: PresignedUpload) -> PutUpload | FormUpload | MultipartUpload:
    if isinstance(grant, PresignedPut):
        return PutUpload(
            method="PUT", url=grant.url, headers=dict(grant.headers), expires_at=grant.expires_at
        )
    if isinstance(grant, SignedForm):
        return FormUpload(
            method="POST", url=grant.url, fields=dict(grant.fields), expires_at=grant.expires_at
        )
    return MultipartUpload(
        method="MULTIPART",
        part_size=grant.plan.part_size,
        part_count=grant.plan.part_count,
        parts=part_schemas.signed_parts(grant.first_batch),
        expires_at=grant.first_batch.expires_at,
        last_expires_at=grant.last_deadline,
    )
