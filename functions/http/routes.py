"""The routes of the HTTP API as data, one row each.

The functions register their handlers from this table. `infra` builds the routes of API Gateway from it, and the tools
generate the API description and its documentation. It depends on the standard library and the codes only. The rows are named
tuples, because a dataclass takes ten times as long to define, and every start pays for it.
"""

from enum import Enum, auto
from typing import Literal, NamedTuple

from functions.domain.codes import Code

Function = Literal["uploads", "documents"]


class RequestBody(Enum):
    """Rule for the JSON body of a request."""

    IGNORED = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


class Success(NamedTuple):
    """One successful response. `headers` are always sent, `optional_headers` in some cases."""

    status: int
    description: str
    headers: tuple[str, ...] = ()
    optional_headers: tuple[str, ...] = ()

    @property
    def all_headers(self) -> tuple[str, ...]:
        return (*self.headers, *self.optional_headers)


_EVERY_ROUTE = (
    Code.TOKEN_USE_INVALID,
    Code.TENANT_MISSING,
    Code.INTERNAL_ERROR,
    Code.STORAGE_UNAVAILABLE,
    Code.BUSY,
)
_WITH_ID = (Code.DOCUMENT_NOT_FOUND, Code.ROUTE_NOT_FOUND)
_WITH_BODY = (
    Code.MALFORMED_JSON,
    Code.DUPLICATE_KEY,
    Code.PAYLOAD_TOO_LARGE,
    Code.UNSUPPORTED_MEDIA_TYPE,
    Code.VALIDATION_FAILED,
)


class Route(NamedTuple):
    """One operation. `function` is the Lambda function that serves it, `own_codes` the codes that only some routes have.

    The first entry of `success` is the response that the handler's annotation describes. A public route needs no token and
    is not part of the API description.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    operation_id: str
    tag: str
    function: Function
    summary: str
    success: tuple[Success, ...]
    own_codes: tuple[Code, ...] = ()
    body: RequestBody = RequestBody.IGNORED
    is_public: bool = False

    @property
    def key(self) -> str:
        """API Gateway's route key, such as `GET /documents/{id}`."""
        return f"{self.method} {self.path}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every code that the operation can respond with."""
        with_id = _WITH_ID if "{id}" in self.path else ()
        with_body = () if self.body is RequestBody.IGNORED else _WITH_BODY
        return () if self.is_public else (*_EVERY_ROUTE, *with_id, *with_body, *self.own_codes)


_DOWNLOAD = (
    Code.RENDITION_NOT_FOUND,
    Code.NOT_READY,
    Code.REJECTED,
    Code.INVALID_STATE,
    Code.VALIDATION_FAILED,
)

ROUTES = (
    Route(
        method="POST",
        path="/documents",
        operation_id="createDocument",
        tag="Uploads",
        function="uploads",
        summary="Create a document and get presigned URLs for its bytes",
        body=RequestBody.REQUIRED,
        success=(Success(201, "The document, and where to send its bytes.", headers=("Location",)),),
        own_codes=(
            Code.IDEMPOTENCY_KEY_INVALID,
            Code.IDEMPOTENCY_KEY_REUSED,
            Code.INVALID_STATE,
            Code.FILENAME_INVALID,
            Code.EXTENSION_MISMATCH,
            Code.CONTENT_TYPE_NOT_ALLOWED,
            Code.SIZE_TOO_SMALL,
            Code.FILE_TOO_LARGE,
            Code.MULTIPART_REQUIRED,
            Code.METADATA_TOO_LARGE,
            Code.CHECKSUM_INVALID,
            Code.FORM_NOT_ALLOWED,
            Code.STORAGE_QUOTA_EXCEEDED,
            Code.TOO_MANY_OPEN_UPLOADS,
            Code.DAILY_QUOTA_EXCEEDED,
        ),
    ),
    Route(
        method="GET",
        path="/documents/{id}/parts",
        operation_id="listParts",
        tag="Uploads",
        function="uploads",
        summary="List the uploaded and the missing parts",
        success=(Success(200, "The parts that S3 has stored, and the numbers of those that are missing."),),
        own_codes=(Code.NOT_MULTIPART, Code.INVALID_STATE),
    ),
    Route(
        method="POST",
        path="/documents/{id}/parts",
        operation_id="presignParts",
        tag="Uploads",
        function="uploads",
        summary="Get presigned URLs for parts",
        body=RequestBody.REQUIRED,
        success=(Success(200, "One URL per part, or one template with a signature per part."),),
        own_codes=(
            Code.NOT_MULTIPART,
            Code.INVALID_STATE,
            Code.UPLOAD_EXPIRED,
            Code.PART_NUMBER_INVALID,
            Code.TOO_MANY_PARTS_REQUESTED,
            Code.CHECKSUM_INVALID,
        ),
    ),
    Route(
        method="POST",
        path="/documents/{id}/complete",
        operation_id="completeUpload",
        tag="Uploads",
        function="uploads",
        summary="Complete the upload from S3's part list",
        body=RequestBody.OPTIONAL,
        success=(
            Success(200, "All bytes have arrived.", optional_headers=("Retry-After",)),
            Success(202, "S3 is still assembling the object.", headers=("Retry-After",)),
        ),
        own_codes=(
            Code.OBJECT_NOT_UPLOADED,
            Code.PARTS_INCOMPLETE,
            Code.SIZE_MISMATCH,
            Code.PART_MISMATCH,
            Code.UPLOAD_IN_PROGRESS,
            Code.INVALID_STATE,
            Code.UPLOAD_EXPIRED,
        ),
    ),
    Route(
        method="POST",
        path="/documents/{id}/abort",
        operation_id="abortUpload",
        tag="Uploads",
        function="uploads",
        summary="Abort an upload",
        body=RequestBody.OPTIONAL,
        success=(Success(204, "The upload is aborted. Idempotent."),),
        own_codes=(Code.INVALID_STATE,),
    ),
    Route(
        method="GET",
        path="/documents",
        operation_id="listDocuments",
        tag="Documents",
        function="documents",
        summary="List your documents, newest first",
        success=(Success(200, "One page, and the cursor of the next one."),),
        own_codes=(Code.CURSOR_INVALID, Code.VALIDATION_FAILED),
    ),
    Route(
        method="GET",
        path="/documents/{id}",
        operation_id="getDocument",
        tag="Documents",
        function="documents",
        summary="Get a document with its history",
        success=(
            Success(200, "The document.", headers=("ETag",), optional_headers=("Retry-After",)),
            Success(304, "Unchanged since `If-None-Match`.", ("ETag",), ("Retry-After",)),
        ),
    ),
    Route(
        method="PATCH",
        path="/documents/{id}",
        operation_id="updateDocument",
        tag="Documents",
        function="documents",
        summary="Change the file name, the title or the metadata of a document",
        body=RequestBody.REQUIRED,
        success=(Success(200, "The document as it is now. Idempotent.", headers=("ETag",)),),
        own_codes=(
            Code.INVALID_STATE,
            Code.PRECONDITION_FAILED,
            Code.FILENAME_INVALID,
            Code.EXTENSION_MISMATCH,
            Code.METADATA_TOO_LARGE,
        ),
    ),
    Route(
        method="DELETE",
        path="/documents/{id}",
        operation_id="deleteDocument",
        tag="Documents",
        function="documents",
        summary="Delete a document; it can be restored until `expiresAt`",
        success=(Success(204, "The document is deleted. Idempotent."),),
        own_codes=(Code.INVALID_STATE,),
    ),
    Route(
        method="POST",
        path="/documents/{id}/restore",
        operation_id="restoreDocument",
        tag="Documents",
        function="documents",
        summary="Restore a deleted document",
        success=(Success(200, "The document, with the status that it had before. Idempotent."),),
        own_codes=(Code.INVALID_STATE, Code.RESTORE_EXPIRED),
    ),
    Route(
        method="GET",
        path="/documents/{id}/download",
        operation_id="getDownload",
        tag="Downloads",
        function="documents",
        summary="Get a presigned URL to download from, with or without Range",
        success=(Success(200, "The URL, and what it returns."),),
        own_codes=_DOWNLOAD,
    ),
    Route(
        method="GET",
        path="/documents/{id}/content",
        operation_id="getContent",
        tag="Downloads",
        function="documents",
        summary="Redirect to a presigned URL, for curl and links",
        success=(Success(307, "The presigned URL is in `Location`.", headers=("Location",)),),
        own_codes=_DOWNLOAD,
    ),
    Route(
        method="GET",
        path="/openapi.json",
        operation_id="getOpenApi",
        tag="API",
        function="documents",
        summary="Get the API description",
        success=(Success(200, "OpenAPI 3.1 as JSON."),),
        is_public=True,
    ),
    Route(
        method="GET",
        path="/docs",
        operation_id="getDocs",
        tag="API",
        function="documents",
        summary="Show the API description in Swagger UI",
        success=(Success(200, "An HTML page."),),
        is_public=True,
    ),
)
