"""Detection of content without signature and leading markup: JSON, CSV, other text, or binary data."""

import re

from functions.detection import encodings, formats, json_shape
from functions.detection.formats import Format

_SCRIPT = re.compile(rb"\s*(?:#!(?!\[)|<\?(?:php\b|[=\s])|<%)", re.IGNORECASE)
_QUOTED = re.compile(rb'(?:\A|(?<=[,;\t|\r\n]))"[^"]*+(?:""[^"]*+)*+"?')
_DELIMITERS = (b",", b";", b"\t", b"|")
_TABLE_SAMPLE = 2048
"""Number of bytes that are searched for the rows of a table."""


def is_script(content: bytes) -> bool:
    """Returns True for a shebang and for PHP, JSP and ASP, behind optional whitespace."""
    return _SCRIPT.match(content) is not None


def recognise(content: bytes, *, is_whole: bool) -> Format:
    """Detects the format of `content` without leading markup. `is_whole` is False if the head cuts the file off.

    Markup within a text is no format of its own: text is served as text, or saved.
    """
    if not encodings.is_text(content):
        return formats.BINARY
    if json_shape.is_json(content, is_whole=is_whole):
        return formats.JSON
    table = content[:_TABLE_SAMPLE].rstrip(b"\x1a")  # how DOS ended a file
    if _is_csv(table, is_whole and len(content) <= _TABLE_SAMPLE):
        return formats.CSV
    return formats.SCALAR if json_shape.is_json_scalar(content, is_whole=is_whole) else formats.TEXT


def _is_csv(content: bytes, is_whole: bool) -> bool:
    unquoted = _QUOTED.sub(b"", content) if b'"' in content else content
    lines = unquoted.splitlines()
    if not is_whole:
        lines = lines[:-1]
    rows = [line for line in lines if line.strip()]
    return len(rows) >= 2 and any(_is_delimiter(candidate, rows) for candidate in _DELIMITERS)


def _is_delimiter(candidate: bytes, rows: list[bytes]) -> bool:
    count = rows[0].count(candidate)
    return count > 0 and all(row.count(candidate) == count for row in rows)
