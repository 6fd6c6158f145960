"""What a JSON body must be before any library parses it: small, flat enough, and without a second meaning."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from functions.core.errors import BadRequest, InvalidInput, NotAccepted, TooLarge

MAX_BYTES = 64 * 1024


def check(event: Mapping[str, Any]) -> None:
    """Raises TooLarge, NotAccepted, BadRequest or InvalidInput; see the codes below."""
    content_type = event.get("headers", {}).get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NotAccepted("unsupported_media_type", "The body must be application/json.")
    data = _bytes(event)
    if len(data) > MAX_BYTES:
        raise TooLarge("payload_too_large", f"The body may have {MAX_BYTES} bytes.")
    if not isinstance(_parse(data), dict):
        raise InvalidInput("validation_failed", "The body must be a JSON object.")


def _bytes(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _malformed() from None


def _parse(data: bytes) -> Any:
    if not data.strip():
        return None
    try:
        return json.loads(data, object_pairs_hook=_object, parse_constant=_constant)
    # Beside bad syntax: a number of thousands of digits, bytes that are no UTF-8, nesting without end.
    except (ValueError, RecursionError):
        raise _malformed() from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("duplicate_key", "A name stands twice in one JSON object.")
    return found


def _constant(name: str) -> NoReturn:
    raise InvalidInput("validation_failed", f"{name} is not a JSON number.")


def _malformed() -> BadRequest:
    return BadRequest("malformed_json", "The body is not JSON.")
