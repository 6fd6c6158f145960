"""What a JSON body must be before any library parses it: small, flat enough, and without a second meaning."""

import base64
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MAX_BYTES = 128 * 1024
"""What 1,000 part numbers with their checksums need, with room to spare."""


_DEEPEST = 8
"""Twice what any body here needs. The interpreter's own limit is no limit: what parses here may not parse further down."""


def check(event: dict[str, Any], *, needed: bool) -> None:
    """Raises InvalidInput with the code of the first rule that the body breaks."""
    if needed or event.get("body"):
        _check_type(event)
        _check_text(_bytes(event))
    # Powertools compares letter by letter, and parses even what is not there by its type.
    event["headers"]["content-type"] = "application/json"


def _check_type(event: Mapping[str, Any]) -> None:
    content_type = event["headers"].get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise InvalidInput(Code.UNSUPPORTED_MEDIA_TYPE)


def _check_text(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InvalidInput(Code.PAYLOAD_TOO_LARGE, f"The body may have {MAX_BYTES} bytes.")
    parsed = _parse(data)
    if not isinstance(parsed, dict):
        raise InvalidInput(Code.VALIDATION_FAILED, "The body must be a JSON object.")
    if not _is_flat(parsed, _DEEPEST):
        raise _malformed()


def _bytes(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _malformed() from None


def _parse(data: bytes) -> Any:
    if not data.strip():
        return None
    try:
        # As text: given bytes, json would take UTF-16 and a byte order mark too, and Powertools takes neither.
        return json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_constant)
    # Beside bad syntax: a number of thousands of digits, bytes that are no UTF-8, nesting without end.
    except (ValueError, RecursionError):
        raise _malformed() from None


def _is_flat(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    held = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(entry, levels - 1) for entry in held)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidInput(Code.DUPLICATE_KEY)
    return found


def _constant(name: str) -> NoReturn:
    raise InvalidInput(Code.VALIDATION_FAILED, f"{name} is not a JSON number.")


def _malformed() -> InvalidInput:
    return InvalidInput(Code.MALFORMED_JSON)
