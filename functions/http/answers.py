"""Every answer that an operation may give, beside the body of its good one: part of the API's description.

What stands here is all that a client has to handle; a test that calls every operation with all kinds of input holds it.
"""

from typing import Any

from functions.domain.codes import Code

Codes = dict[int, tuple[Code, ...]]
"""The codes of problems, by HTTP status."""

_EVERYWHERE: Codes = {
    401: (),
    403: (Code.TOKEN_USE_INVALID, Code.TENANT_MISSING),
    429: (),
    500: (Code.INTERNAL_ERROR,),
    503: (Code.STORAGE_UNAVAILABLE, Code.BUSY),
}
_OF_ONE: Codes = {404: (Code.DOCUMENT_NOT_FOUND, Code.ROUTE_NOT_FOUND)}
_WITH_BODY: Codes = {
    400: (Code.MALFORMED_JSON, Code.DUPLICATE_KEY),
    413: (Code.PAYLOAD_TOO_LARGE,),
    415: (Code.UNSUPPORTED_MEDIA_TYPE,),
    422: (Code.VALIDATION_FAILED,),
}
_CREATE: Codes = {
    400: (Code.IDEMPOTENCY_KEY_INVALID,),
    409: (Code.STORAGE_QUOTA_EXCEEDED,),
    413: (Code.FILE_TOO_LARGE,),
    415: (Code.CONTENT_TYPE_NOT_ALLOWED,),
    422: (
        Code.FILENAME_INVALID, Code.SIZE_TOO_SMALL, Code.MULTIPART_REQUIRED, Code.EXTENSION_MISMATCH,
        Code.CHECKSUM_INVALID, Code.IDEMPOTENCY_KEY_REUSED,
    ),
    429: (Code.TOO_MANY_OPEN_UPLOADS, Code.DAILY_QUOTA_EXCEEDED),
}  # fmt: skip
_SIGN_PARTS: Codes = {
    409: (Code.NOT_MULTIPART, Code.INVALID_STATE),
    410: (Code.UPLOAD_EXPIRED,),
    422: (Code.PART_NUMBER_INVALID, Code.TOO_MANY_PARTS_REQUESTED, Code.CHECKSUM_INVALID),
}
_COMPLETE: Codes = {
    409: (
        Code.OBJECT_NOT_UPLOADED, Code.PARTS_INCOMPLETE, Code.SIZE_MISMATCH, Code.PART_MISMATCH, Code.UPLOAD_IN_PROGRESS,
        Code.INVALID_STATE,
    ),
    410: (Code.UPLOAD_EXPIRED,),
}  # fmt: skip
_DOWNLOAD: Codes = {409: (Code.NOT_READY, Code.REJECTED, Code.INVALID_STATE), 422: (Code.VALIDATION_FAILED,)}

PROBLEMS: dict[str, tuple[Codes, ...]] = {
    "POST /documents": (_EVERYWHERE, _WITH_BODY, _CREATE),
    "GET /documents": (_EVERYWHERE, {400: (Code.CURSOR_INVALID,), 422: (Code.VALIDATION_FAILED,)}),
    "GET /documents/{document_id}": (_EVERYWHERE, _OF_ONE),
    "GET /documents/{document_id}/parts": (
        _EVERYWHERE,
        _OF_ONE,
        {409: (Code.NOT_MULTIPART, Code.INVALID_STATE)},
    ),
    "POST /documents/{document_id}/parts": (_EVERYWHERE, _OF_ONE, _WITH_BODY, _SIGN_PARTS),
    "POST /documents/{document_id}/complete": (_EVERYWHERE, _OF_ONE, _WITH_BODY, _COMPLETE),
    "POST /documents/{document_id}/abort": (_EVERYWHERE, _OF_ONE, _WITH_BODY, {409: (Code.INVALID_STATE,)}),
    "GET /documents/{document_id}/download": (_EVERYWHERE, _OF_ONE, _DOWNLOAD),
    "GET /documents/{document_id}/content": (_EVERYWHERE, _OF_ONE, _DOWNLOAD),
    "DELETE /documents/{document_id}": (_EVERYWHERE, _OF_ONE, {409: (Code.INVALID_STATE,)}),
    "POST /documents/{document_id}/restore": (
        _EVERYWHERE,
        _OF_ONE,
        {409: (Code.INVALID_STATE,), 410: (Code.RESTORE_EXPIRED,)},
    ),
}

_TEXT = {"schema": {"type": "string"}}
_SECONDS = {"description": "Seconds.", "schema": {"type": "integer"}}
_A_DOCUMENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Document"}}}

SUCCESS_RESPONSES: dict[str, dict[str, Any]] = {
    "POST /documents": {"201": {"headers": {"Location": _TEXT | {"required": True}}}},
    "GET /documents/{document_id}": {
        "200": {"headers": {"ETag": _TEXT | {"required": True}, "Retry-After": _SECONDS}},
        "304": {
            "description": "It is as your If-None-Match says.",
            "headers": {"ETag": _TEXT | {"required": True}, "Retry-After": _SECONDS},
        },
    },
    "POST /documents/{document_id}/complete": {
        "200": {"headers": {"Retry-After": _SECONDS}},
        "202": {
            "description": "S3 may still be at it; ask for the document again later.",
            "content": _A_DOCUMENT,
            "headers": {"Retry-After": _SECONDS | {"required": True}},
        },
    },
    "GET /documents/{document_id}/content": {
        "307": {"headers": {"Location": _TEXT | {"required": True}}},
    },
}
"""What the code's own annotations do not tell of the good answers."""


def codes(operation: str) -> Codes:
    """The codes of `operation` by status, from 401, which only the gateway gives, to 503."""
    merged: Codes = {}
    for group in PROBLEMS[operation]:
        for status, names in group.items():
            merged[status] = merged.get(status, ()) + names
    return dict(sorted(merged.items()))
