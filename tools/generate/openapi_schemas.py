"""The parts of the API description that no handler's annotation has: problems, the gateway's messages and headers."""

from typing import Any

from functions.domain.codes import Code

_TEXT = {"type": "string"}

SCHEMAS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `code` is stable, `detail` is for developers, `message` for end users.",
        "required": ["type", "title", "status", "detail", "instance", "code", "requestId"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "instance": {"type": "string", "format": "uri-reference"},
            "code": {"type": "string", "examples": [Code.DOCUMENT_NOT_FOUND]},
            "message": {
                **_TEXT,
                "description": "A sentence for the end user, in the language that `Accept-Language` prefers.",
            },
            "requestId": _TEXT,
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": _TEXT, "detail": _TEXT}},
            },
            "duplicateOf": {**_TEXT, "description": "The document with the same content, with `duplicate`."},
        },
    },
    "GatewayMessage": {
        "type": "object",
        "description": "Response of API Gateway before any function runs. Its format cannot be changed.",
        "required": ["message"],
        "properties": {"message": {"type": ["string", "null"]}},
    },
}

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The revision of the document.", "schema": _TEXT},
    "Location": {"schema": {"type": "string", "format": "uri-reference"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "RateLimit-Policy": {
        "description": "The limits that the request met, as structured fields of draft-ietf-httpapi-ratelimit-headers. Absent from"
        " responses of API Gateway itself.",
        "schema": {"type": "string", "examples": ['"creates";q=1000;w=100']},
    },
    "RateLimit": {
        "description": "For each of these limits, how much is left, and the seconds until there is more.",
        "schema": {"type": "string", "examples": ['"creates";r=0;t=1']},
    },
}
