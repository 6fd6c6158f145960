"""Checks of a JSON body before any library parses it: its size, its depth and its keys."""

import base64
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

_MAX_DEPTH = 8
"""Twice the depth of any valid body. The interpreter's own limit depends on how deep the caller is, so that one parser may
accept what the next one does not.
"""


def check(event: dict[str, Any], *, required: bool, max_bytes: int) -> None:
    """Raises InvalidInput with the code of the first rule that the body breaks.

    Sets the content type to `application/json` without parameters, because Powertools compares it letter by letter, even
    when there is no body.
    """
    if required or event.get("body"):
        _check_content_type(event)
        _check_json(_decode(event), max_bytes)
    event["headers"]["content-type"] = "application/json"


def _check_content_type(event: Mapping[str, Any]) -> None:
    content_type = event["headers"].get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise InvalidInput(Code.UNSUPPORTED_MEDIA_TYPE)


def _check_json(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise InvalidInput(Code.PAYLOAD_TOO_LARGE, f"The request body may have up to {max_bytes:,} bytes.")
    parsed = _parse(data)
    if not isinstance(parsed, dict):
        raise InvalidInput(Code.VALIDATION_FAILED, "The request body must be a JSON object.")
    if not _is_shallow(parsed, _MAX_DEPTH):
        raise InvalidInput(Code.MALFORMED_JSON)


def _decode(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise InvalidInput(Code.MALFORMED_JSON) from None


def _parse(data: bytes) -> Any:
    """Returns the parsed body, or None if it is empty."""
    if not data.strip():
        return None
    try:
        # Decoded first: json accepts bytes as UTF-16 and with a byte order mark, which Powertools does not.
        return json.loads(data.decode(), object_pairs_hook=_unique_keys, parse_constant=_reject_constant)
    # ValueError also stands for a number of thousands of digits and for bytes that are not UTF-8.
    except (ValueError, RecursionError):
        raise InvalidInput(Code.MALFORMED_JSON) from None


def _is_shallow(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    entries = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(entry, levels - 1) for entry in entries)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) != len(pairs):
        raise InvalidInput(Code.DUPLICATE_KEY)
    return parsed


def _reject_constant(name: str) -> NoReturn:
    raise InvalidInput(Code.VALIDATION_FAILED, f"{name} is not a JSON number.")
