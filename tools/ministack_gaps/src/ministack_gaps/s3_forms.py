"""POST forms: the name of a file that is not ASCII or has a path, and metadata that is not ASCII.

https://docs.aws.amazon.com/AmazonS3/latest/API/HTTPPOSTForms.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

import base64
import re
from typing import Any

from ministack.services import s3

_upstream_parse = s3._parse_multipart_form
_upstream_metadata = s3._extract_user_metadata


def install() -> None:
    """Replaces the parser of forms and that of metadata."""
    s3._parse_multipart_form = _parse_multipart_form
    s3._extract_user_metadata = _extract_user_metadata


def _parse_multipart_form(content_type: str, body: bytes) -> list[tuple[Any, ...]]:
    """Reads names as UTF-8, the encoding of a form, and keeps what follows the last slash or backslash."""
    parts = _upstream_parse(content_type, body)
    return [(name, _read_name(file_name), headers, value) for name, file_name, headers, value in parts]


def _read_name(name: str | None) -> str | None:
    if name is None:
        return None
    return re.split(r"[/\\]", name.encode("latin-1").decode(errors="replace"))[-1]


def _extract_user_metadata(headers: dict[str, str]) -> dict[str, str]:
    """Keeps metadata as S3 returns it: encoded as in RFC 2047 if it is not ASCII."""
    return {name: _encode(value) for name, value in _upstream_metadata(headers).items()}


def _encode(value: str) -> str:
    return value if value.isascii() else f"=?UTF-8?B?{base64.b64encode(value.encode()).decode()}?="
