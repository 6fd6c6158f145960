"""The API's JSON for documents, and its conversion from and to the objects of the domain."""

from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from functions.domain import document as domain
from functions.domain.codes import Code
from functions.domain.details import MAX_ENTRIES
from functions.domain.redirects import MAX_URL
from functions.domain.validation import UploadRequest
from functions.http.callers import MAX_OWNER
from functions.http.etags import format_etag
from functions.http.json_types import RequestModel, ResponseModel, Time
from functions.http.kind_schemas import MethodName
from functions.http.step_schemas import Rendition, Step
from functions.http.texts import Texts
from functions.http.upload_schemas import FormUpload, MultipartUpload, PutUpload, describe_upload

if TYPE_CHECKING:
    from functions.services.documents import Listing
    from functions.services.uploads import CreateResult

_PUBLIC_STATUSES = [
    status
    for status in domain.Status
    if status.public_status is status and status not in domain.PURGED_STATUSES
]
MAX_PAGE_BYTES = 4_000_000
"""Maximum size of the documents of one page in bytes of JSON.

Lambda's limit for a response is 6 MB ("Lambda quotas", AWS Lambda Developer Guide), and base64 takes a third more.
"""

_REASONS = [code.value for code in Code if code.is_reason]


def _check_public(status: domain.Status) -> domain.Status:
    if status not in _PUBLIC_STATUSES:
        raise ValueError("no document is ever shown with this status")
    return status


PublicStatus = Annotated[
    domain.Status,
    AfterValidator(_check_public),
    WithJsonSchema({"type": "string", "enum": [status.value for status in _PUBLIC_STATUSES]}),
]
Reason = Annotated[str, WithJsonSchema({"type": "string", "enum": _REASONS})]
OwnerId = Annotated[str, Field(min_length=1, max_length=MAX_OWNER)]
OWNER_FIELD = Field(
    None,
    description="Only for a machine token: the owner of what is created, whose limits count. It is what the owner claim of"
    " that user's own tokens has. Without it, the machine owns what it creates.",
)
MetadataKey = Annotated[str, Field(min_length=1, max_length=64)]
MetadataValue = Annotated[str, Field(max_length=500)]


class CreateRequest(RequestModel):
    """A file that the client wants to upload. An unknown field is an error."""

    file_name: str | None = Field(
        None,
        max_length=1024,
        description="Required, but for a form with `maxSize`, which has the name that the browser sends with the file. Stored in NFC, without path and invisible characters. The extension is kept where a name is shortened to"
        " 255 bytes of UTF-8.",
    )
    size: int | None = Field(
        None, ge=0, le=1 << 53, description="Bytes. Required without `maxSize`. S3 rejects any other length."
    )
    max_size: int | None = Field(
        None,
        ge=0,
        le=1 << 53,
        description="Bytes. Instead of `size`, for a form whose file is not known yet. With `kind` and the method `POST`, and"
        " without `contentType`, which is detected.",
    )
    success_redirect: str | None = Field(
        None,
        max_length=MAX_URL,
        description="URL to which S3 sends the browser after a form, with `bucket`, `key` and `etag` appended. Its origin is"
        " one that the deployment allows. Without it, S3 responds with 201.",
    )
    content_type: str = Field(
        "",
        max_length=255,
        description="One that the kind accepts. Absent, empty or `application/octet-stream`: that of the extension.",
    )
    kind: str | None = Field(
        None,
        max_length=64,
        description="The policy to apply. Default: the first that accepts the content type.",
    )
    title: str | None = Field(None, min_length=1, max_length=255)
    sha256: str | None = Field(None, max_length=128, description="64 lower-case hex digits. S3 verifies it.")
    method: MethodName | None = Field(
        None, description="`POST` returns the fields of an HTML form. By default the size decides."
    )
    part_checksums: bool = Field(
        False, description="Each part is sent with its SHA-256, which S3 verifies. Multipart only."
    )
    part_size: int | None = Field(
        None,
        ge=1,
        le=1 << 53,
        description="Preferred size of the parts of a multipart upload in bytes, instead of the deployment's. A wish: S3's"
        " limits (5 MiB to 5 GiB, 10,000 parts) come first, and `upload.partSize` is what counts. A repeated create may wish for"
        " another size, which changes nothing. Without `method`, a larger file is uploaded in parts.",
    )
    metadata: dict[MetadataKey, MetadataValue] = Field(default_factory=dict, max_length=MAX_ENTRIES)

    def to_domain(self) -> UploadRequest:
        method = domain.Method(self.method) if self.method else None
        fields = self.model_dump(exclude={"on_behalf_of"})
        return UploadRequest(**fields | {"method": method})


class CreateOneRequest(CreateRequest):
    """The file of a create that is no batch, and the owner of the document."""

    on_behalf_of: OwnerId | None = OWNER_FIELD


class HistoryEntry(ResponseModel):
    """A change of status or, with `changed`, of these fields. `actor` is the subject (`sub`) of the user's token.

    A change that no user asked for, such as the end of the checks, has no actor.
    """

    status: PublicStatus
    at: Time
    reason: Reason | None = Field(None, exclude_if=lambda reason: reason is None)
    changed: list[str] = Field(default_factory=list, exclude_if=lambda changed: not changed)
    actor: str | None = Field(None, exclude_if=lambda actor: actor is None)

    @classmethod
    def from_entry(cls, entry: domain.HistoryEntry) -> Self:
        changed = [to_camel(name) for name in entry.changed]
        return cls(status=entry.status, at=entry.at, reason=entry.reason, changed=changed, actor=entry.actor)


class Document(ResponseModel):
    id: str
    file_name: str
    title: str
    kind: str
    status: PublicStatus
    reason: Reason | None = Field(
        description="Why a document was rejected, has failed, or expired unclaimed."
    )
    message: str | None = Field(
        None,
        description="The reason as a sentence for the end user, in the language that `Accept-Language` prefers. Absent"
        " without a reason.",
        exclude_if=lambda message: message is None,
    )
    size: int = Field(description="Bytes. That of `maxSize` until the file of a form has arrived.")
    max_size: int | None = Field(
        None,
        description="The largest size that a form allows whose file was not known. Absent for every other upload.",
        exclude_if=lambda size: size is None,
    )
    content_type: str | None = Field(description="Detected from the bytes. Null until they are inspected.")
    declared_content_type: str
    sha256: str | None = Field(description="Computed by S3 over the whole object. Null until `ready`.")
    metadata: dict[str, str]
    created_at: Time
    updated_at: Time
    expires_at: Time | None = Field(
        description="Deadline for the bytes of a pending document, which new URLs and parts that arrive extend, or to "
        "restore a deleted one. Otherwise null."
    )
    bytes_expire_at: Time | None = Field(
        None,
        description="When a failed document is purged with its bytes. Absent if they stay until it is deleted.",
        exclude_if=lambda time: time is None,
    )
    claim_by: Time | None = Field(
        None,
        description="When a ready document expires with its bytes, unless it is claimed before. Absent if its kind wants no"
        " claim.",
        exclude_if=lambda time: time is None,
    )
    claimed_at: Time | None = Field(
        None,
        description="When the document was claimed. Absent until then.",
        exclude_if=lambda time: time is None,
    )
    duplicate_of: str | None = Field(
        None,
        description="The document that had the same content when this one was checked. It may be deleted since. Absent if"
        " there was none, or if the kind does not look for duplicates.",
        exclude_if=lambda original: original is None,
    )
    steps: list[Step] = Field(description="Checks and results of the pipeline, in order.")
    renditions: dict[str, Rendition] = Field(
        description="Objects that steps made of the document, by name; `rendition` of a download selects one."
    )
    etag: str = Field(
        description="Changes with every change of the document. For `If-Match`, with its quotes."
    )
    history: list[HistoryEntry]

    @classmethod
    def from_record(cls, record: domain.Document, texts: Texts) -> Self:
        is_pending = record.status is domain.Status.PENDING
        return cls(
            id=record.id,
            file_name=record.file_name,
            title=record.title,
            kind=record.kind,
            status=record.status.public_status,
            reason=record.reason,
            message=texts.find(record.reason),
            size=record.size,
            max_size=record.max_size,
            content_type=record.content_type,
            declared_content_type=record.declared_content_type,
            sha256=record.sha256,
            metadata=dict(record.metadata),
            created_at=record.created_at,
            updated_at=record.updated_at,
            expires_at=record.upload_deadline if is_pending else record.purge_after,
            claim_by=record.claim_by,
            claimed_at=record.claimed_at,
            duplicate_of=record.duplicate_of,
            bytes_expire_at=record.bytes_expire_at if record.status is domain.Status.FAILED else None,
            steps=[Step.from_record(step) for step in record.shown_steps],
            renditions={each.name: Rendition.from_record(each) for each in record.renditions},
            etag=format_etag(record),
            history=[HistoryEntry.from_entry(entry) for entry in record.history],
        )


class CreateResponse(ResponseModel):
    document: Document
    upload: PutUpload | FormUpload | MultipartUpload | None = Field(
        description="Null if a repeated create finds that the bytes have arrived."
    )

    @classmethod
    def from_result(cls, result: "CreateResult", texts: Texts) -> Self:
        upload = describe_upload(result.upload) if result.upload is not None else None
        return cls(document=Document.from_record(result.document, texts), upload=upload)


class ListResponse(ResponseModel):
    """One page. It ends before its limit if its JSON would exceed 4 MB."""

    documents: list[Document]
    next_cursor: str | None = Field(description="Null on the last page.")
    incomplete: bool = Field(
        description="True if the search stopped early, because one call reads a limited number of documents."
        " `nextCursor` continues it, even if the page is empty."
    )

    @classmethod
    def from_listing(cls, listing: "Listing", texts: Texts) -> Self:
        documents = [Document.from_record(record, texts) for record in listing.documents]
        page = listing.cut(_count_fitting(documents))
        return cls(
            documents=documents[: len(page.documents)],
            next_cursor=page.next_cursor,
            incomplete=page.is_incomplete,
        )


def _count_fitting(documents: list[Document]) -> int:
    """Returns how many of the documents fit into one page, at least one."""
    sizes = (len(document.model_dump_json(by_alias=True).encode()) for document in documents)
    fitting = takewhile(lambda total: total <= MAX_PAGE_BYTES, accumulate(sizes))
    return max(1, sum(1 for _ in fitting))
