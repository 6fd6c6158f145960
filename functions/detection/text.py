"""Detection of content without signature and markup: JSON, CSV, text in any encoding, or binary data."""

import codecs
import re

from functions.detection import formats
from functions.detection.formats import Format
from functions.detection.markup import ACTIVE

# All bytes except the "binary data bytes" of the WHATWG's MIME Sniffing Standard.
_TEXTUAL = b"\t\n\f\r\x1b" + bytes(range(0x20, 0x100))
_HIGH = bytes(range(0x80, 0x100))
_SCRIPT = re.compile(rb"\s*(?:#!(?!\[)|<\?(?:php\b|[=\s])|<%)", re.IGNORECASE)
_JSON_START = re.compile(rb'\s*+(?:\{\s*+["}]|\[\s*+(?:["{\[\]\d-]|true\b|false\b|null\b))')
_JSON_TOKENS = re.compile(
    rb"(?:[\s{}\[\],:]++"
    rb'|"(?:[^"\\\x00-\x1f]++|\\.)*+(?:"|\\?\Z)'
    rb"|[-\d][\d.eE+-]*+"
    rb"|true|false|null"
    rb"|[a-z]{1,4}\Z"  # a word that is cut off by the end of the head
    rb")*+"
)
_QUOTED = re.compile(rb'(?:\A|(?<=[,;\t|\r\n]))"[^"]*+(?:""[^"]*+)*+"?')
_DELIMITERS = (b",", b";", b"\t", b"|")


def to_utf8(head: bytes) -> bytes:
    """Converts UTF-16 to UTF-8 and removes a byte order mark. Returns all other content unchanged.

    UTF-16 is detected by its byte order mark or a leading `<`, because XML may be UTF-16 without a mark (XML 1.0,
    appendix F). Invalid UTF-16 becomes NUL, which text does not contain.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head.startswith((b"\xff\xfe", b"<\0")):
        decode = codecs.utf_16_le_decode
    elif head.startswith((b"\xfe\xff", b"\0<")):
        decode = codecs.utf_16_be_decode
    else:
        return head
    characters, _ = decode(head, "replace", False)  # not final, because the head may end within a character
    return characters.replace("\ufffd", "\0").removeprefix("\ufeff").encode()


def is_script(content: bytes) -> bool:
    """Returns True for a shebang and for PHP, JSP and ASP, behind optional whitespace."""
    return _SCRIPT.match(content) is not None


def recognise(content: bytes, *, is_whole: bool) -> Format:
    """Detects the format of `content` without leading markup. `is_whole` is False if the head cuts the file off."""
    if content.translate(None, _TEXTUAL) or not _is_encoded_text(content):
        return formats.BINARY
    if _JSON_START.match(content) and _JSON_TOKENS.fullmatch(content):
        return formats.JSON
    if ACTIVE.search(content, 0, 1024):
        return formats.HTML
    return formats.CSV if _is_csv(content, is_whole) else formats.TEXT


def _is_encoded_text(content: bytes) -> bool:
    try:
        codecs.utf_8_decode(content, "strict", False)
    except UnicodeDecodeError:
        # A single-byte encoding: whitespace, digits and punctuation are ASCII in all of them.
        return len(content.translate(None, _HIGH)) * 32 >= len(content)
    return True


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
