"""Every answer that an operation may give, beside the body of its good one: part of the API's description.

What stands here is all that a client has to handle; a test that calls every operation with all kinds of input holds it.
"""

from typing import Any

Codes = dict[int, tuple[str, ...]]
"""The codes of problems, by HTTP status."""

_EVERYWHERE: Codes = {
    401: (),
    403: ("token_use_invalid", "tenant_missing"),
    429: (),
    500: ("internal_error",),
    503: ("storage_unavailable", "busy"),
}
_OF_ONE: Codes = {404: ("document_not_found", "route_not_found")}
_WITH_BODY: Codes = {
    400: ("malformed_json", "duplicate_key"),
    413: ("payload_too_large",),
    415: ("unsupported_media_type",),
    422: ("validation_failed",),
}
_CREATE: Codes = {
    400: ("idempotency_key_invalid",),
    409: ("storage_quota_exceeded",),
    413: ("file_too_large",),
    415: ("content_type_not_allowed",),
    422: (
        "filename_invalid", "size_too_small", "multipart_required", "extension_mismatch",
        "checksum_invalid", "idempotency_key_reused",
    ),
    429: ("too_many_open_uploads", "daily_quota_exceeded"),
}  # fmt: skip
_SIGN_PARTS: Codes = {
    409: ("not_multipart", "invalid_state"),
    410: ("upload_expired",),
    422: ("part_number_invalid", "too_many_parts_requested", "checksum_invalid"),
}
_COMPLETE: Codes = {
    409: (
        "object_not_uploaded", "parts_incomplete", "size_mismatch", "part_mismatch", "upload_in_progress",
        "invalid_state",
    ),
    410: ("upload_expired",),
}  # fmt: skip
_DOWNLOAD: Codes = {409: ("not_ready", "rejected", "invalid_state"), 422: ("validation_failed",)}

PROBLEMS: dict[str, tuple[Codes, ...]] = {
    "POST /documents": (_EVERYWHERE, _WITH_BODY, _CREATE),
    "GET /documents": (_EVERYWHERE, {400: ("cursor_invalid",), 422: ("validation_failed",)}),
    "GET /documents/{document_id}": (_EVERYWHERE, _OF_ONE),
    "GET /documents/{document_id}/parts": (
        _EVERYWHERE,
        _OF_ONE,
        {409: ("not_multipart", "invalid_state")},
    ),
    "POST /documents/{document_id}/parts": (_EVERYWHERE, _OF_ONE, _WITH_BODY, _SIGN_PARTS),
    "POST /documents/{document_id}/complete": (_EVERYWHERE, _OF_ONE, _WITH_BODY, _COMPLETE),
    "POST /documents/{document_id}/abort": (_EVERYWHERE, _OF_ONE, _WITH_BODY, {409: ("invalid_state",)}),
    "GET /documents/{document_id}/download": (_EVERYWHERE, _OF_ONE, _DOWNLOAD),
    "GET /documents/{document_id}/content": (_EVERYWHERE, _OF_ONE, _DOWNLOAD),
    "DELETE /documents/{document_id}": (_EVERYWHERE, _OF_ONE, {409: ("invalid_state",)}),
    "POST /documents/{document_id}/restore": (
        _EVERYWHERE,
        _OF_ONE,
        {409: ("invalid_state",), 410: ("restore_expired",)},
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
