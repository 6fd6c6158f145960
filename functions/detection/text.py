"""What is left when no signature and no markup is found: JSON, CSV, text in some encoding, or noise."""

import codecs
import re

from functions.detection import formats
from functions.detection.formats import Format
from functions.detection.markup import ACTIVE

# All but the "binary data bytes" of the WHATWG's MIME Sniffing Standard.
_TEXTUAL = b"\t\n\f\r\x1b" + bytes(range(0x20, 0x100))
_HIGH = bytes(range(0x80, 0x100))
_SCRIPT = re.compile(rb"\s*(?:#!(?!\[)|<\?(?:php\b|[=\s])|<%)", re.IGNORECASE)
_JSON_START = re.compile(rb'\s*+(?:\{\s*+["}]|\[\s*+(?:["{\[\]\d-]|true\b|false\b|null\b))')
_JSON_TOKENS = re.compile(
    rb"(?:[\s{}\[\],:]++"
    rb'|"(?:[^"\\\x00-\x1f]++|\\.)*+(?:"|\\?\Z)'
    rb"|[-\d][\d.eE+-]*+"
    rb"|true|false|null"
    rb"|[a-z]{1,4}\Z"  # a word that the end of the head cuts
    rb")*+"
)
_QUOTED = re.compile(rb'(?:\A|(?<=[,;\t|\r\n]))"[^"]*+(?:""[^"]*+)*+"?')
_DELIMITERS = (b",", b";", b"\t", b"|")


def plain(head: bytes) -> bytes:
    """`head` as UTF-8 without byte order mark if it starts like UTF-16 or has a mark; else as it is.

    XML may be UTF-16 without a mark (XML 1.0, appendix F). What is no UTF-16 becomes NUL: no text holds it.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head.startswith((b"\xff\xfe", b"<\0")):
        decode = codecs.utf_16_le_decode
    elif head.startswith((b"\xfe\xff", b"\0<")):
        decode = codecs.utf_16_be_decode
    else:
        return head
    characters, _ = decode(head, "replace", False)  # not final: the head may end within a character
    return characters.replace("\ufffd", "\0").removeprefix("\ufeff").encode()


def is_script(content: bytes) -> bool:
    """A shebang, or what a web server runs (PHP, JSP, ASP), if only blanks stand before it."""
    return _SCRIPT.match(content) is not None


def recognise(content: bytes, *, whole: bool) -> Format:
    """The format of `content`, which starts with no markup; `whole` unless the end of the head cuts it."""
    if content.translate(None, _TEXTUAL) or not _is_encoded_text(content):
        return formats.BINARY
    if _JSON_START.match(content) and _JSON_TOKENS.fullmatch(content):
        return formats.JSON
    if ACTIVE.search(content, 0, 1024):
        return formats.HTML
    return formats.CSV if _is_csv(content, whole) else formats.TEXT


def _is_encoded_text(content: bytes) -> bool:
    try:
        codecs.utf_8_decode(content, "strict", False)
    except UnicodeDecodeError:
        # Any of the many single-byte encodings, if blanks, digits and punctuation stand between the letters.
        return len(content.translate(None, _HIGH)) * 32 >= len(content)
    return True


def _is_csv(content: bytes, whole: bool) -> bool:
    unquoted = _QUOTED.sub(b"", content) if b'"' in content else content
    lines = unquoted.splitlines()
    if not whole:
        lines = lines[:-1]
    filled = [line for line in lines if line.strip()]
    return len(filled) >= 2 and any(_is_shared(delimiter, filled) for delimiter in _DELIMITERS)


def _is_shared(delimiter: bytes, lines: list[bytes]) -> bool:
    count = lines[0].count(delimiter)
    return count > 0 and all(line.count(delimiter) == count for line in lines)
