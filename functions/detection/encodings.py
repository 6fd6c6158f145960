"""Encodings of text: Unicode with and without a byte order mark, and the older ones of one or several bytes a character."""

import codecs
import re
from collections.abc import Callable

_Decoder = Callable[[bytes, str, bool], tuple[str, int]]
_MARKS: tuple[tuple[bytes, str, _Decoder], ...] = (
    # UTF-32 first, because its mark starts with that of UTF-16. Browsers know no UTF-32, so it has no charset.
    (b"\xff\xfe\0\0", "", codecs.utf_32_le_decode),
    (b"\0\0\xfe\xff", "", codecs.utf_32_be_decode),
    (b"\xff\xfe", "utf-16le", codecs.utf_16_le_decode),
    (b"\xfe\xff", "utf-16be", codecs.utf_16_be_decode),
)
_FIRST_OF_MARKS = b"\xef\xff\xfe\0"
_UTF16: tuple[tuple[str, _Decoder, int], ...] = (
    # The last column is the offset of the higher byte of a character, which is its page of Unicode.
    ("utf-16le", codecs.utf_16_le_decode, 1),
    ("utf-16be", codecs.utf_16_be_decode, 0),
)
_DECODERS = {charset: decode for charset, decode, _ in _UTF16}
_LATIN = bytes((0, 1, 2, 0x1E, 0x20, 0x21, 0x22))  # with diacritics, punctuation and symbols
_HAN = bytes(
    (*range(0x2E, 0xA0), *range(0xD8, 0xE0), 0xF9, 0xFA, 0xFE, 0xFF)
)  # with kana, and halves of pairs
_LATIN_AND_HAN = _LATIN + _HAN
_HANGUL = bytes((0x11, 0x30, 0x31, *range(0xAC, 0xD8)))
"""Pages of the scripts that have more than one page."""

_MULTI_BYTE = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "cp874")
"""Encodings whose text may contain almost no ASCII, because its languages need no spaces."""

_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_SAMPLE = 64
_HIGH = bytes(range(0x80, 0x100))
# All bytes except the "binary data bytes" of the WHATWG's MIME Sniffing Standard.
_TEXTUAL = b"\t\n\f\r\x1b" + bytes(range(0x20, 0x100))
# Bell, backspace, vertical tab and the end of file of CP/M and DOS: they occur in logs, cells and old exports.
_TEXTUAL_OR_LEGACY = _TEXTUAL + b"\x07\x08\x0b\x1a"
_UNNATURAL = re.compile(
    "[\0-\x06\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff]"
)
"""Control characters, halves of pairs, private use, and what Unicode leaves unassigned for good."""


def to_utf8(head: bytes) -> bytes:
    """Converts UTF-16 and UTF-32 to UTF-8 and removes a byte order mark. Returns all other content unchanged.

    UTF-16 is detected by its byte order mark, by a leading `<`, because XML may be UTF-16 without a mark (XML 1.0,
    appendix F), or by what it says. What is invalid becomes NUL, which text does not contain.
    """
    if head[0] in _FIRST_OF_MARKS:
        if head.startswith(b"\xef\xbb\xbf"):
            return head[3:]
        for mark, _, decode in _MARKS:
            if head.startswith(mark):
                return _to_utf8(head, decode)
    charset = _find_unmarked_utf16(head)
    return _to_utf8(head, _DECODERS[charset]) if charset else head


def _to_utf8(head: bytes, decode: _Decoder) -> bytes:
    characters, _ = decode(head, "replace", False)  # not final, because the head may end within a character
    return characters.replace("\ufffd", "\0").removeprefix("\ufeff").encode("utf-8", "replace")


def find_charset(head: bytes, more: bytes, *, is_whole: bool) -> str | None:
    """Returns the charset of a text as a browser names it, or None for an encoding that the bytes do not show.

    `more` are bytes behind an ASCII head. ASCII that ends a text is UTF-8 too.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    for mark, charset, _ in _MARKS:
        if head.startswith(mark):
            return charset or None
    if b"\x1b$B" in head or b"\x1b$@" in head:
        return "iso-2022-jp"
    if not head.isascii():
        return "utf-8" if is_utf8(head) else _find_unmarked_utf16(head)
    if b"\0" in head:
        return _find_unmarked_utf16(head)
    return "utf-8" if (is_whole or more) and is_utf8(more) else None


def is_utf8(content: bytes) -> bool:
    """Returns True for UTF-8, whose last character may be cut off."""
    try:
        codecs.utf_8_decode(content, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def is_text(content: bytes) -> bool:
    """Returns True for text in any encoding. `content` comes from `to_utf8`."""
    controls = content.translate(None, _TEXTUAL)
    if not controls and content.isascii():
        return True
    if b"\0" in controls:
        return False
    rare = controls.translate(None, _TEXTUAL_OR_LEGACY)
    if is_utf8(content):
        return len(rare) * 4 <= len(content)
    # Noise has one rare control character in eleven bytes.
    if len(rare) > 1 + len(content) // 64 or len(controls) * 8 > len(content) + 64:
        return False
    # A single-byte encoding: whitespace, digits and punctuation are ASCII in all of them.
    return len(content.translate(None, _HIGH)) * 32 >= len(content) or _is_multi_byte(content)


def _is_multi_byte(content: bytes) -> bool:
    for name in _MULTI_BYTE:
        try:
            characters = codecs.getincrementaldecoder(name)("strict").decode(content)
        except UnicodeDecodeError:
            continue
        pairs = sum(character > "\uffff" for character in characters)  # rare characters, common in noise
        if pairs * 20 <= len(characters) and _is_natural(
            characters.encode("utf-16-le"), codecs.utf_16_le_decode, 1
        ):
            return True
    return False


def _find_unmarked_utf16(head: bytes) -> str | None:
    if head.startswith(b"<\0"):
        return "utf-16le"
    if head.startswith(b"\0<"):
        return "utf-16be"
    # One character of ASCII is enough evidence, such as a space or a line end.
    if b"\0" not in head:
        return None
    even = head[: len(head) // 2 * 2]
    for charset, decode, page in _UTF16:
        # The first characters exclude nearly all binary data.
        if not _is_of_one_script(even[page:_SAMPLE:2]):
            continue
        # Cyrillic with its bytes swapped looks like Chinese, but has fewer characters of ASCII.
        has_more_ascii = even[page::2].count(0) >= even[1 - page :: 2].count(0)
        if has_more_ascii and _is_natural(even, decode, page):
            return None if _has_zero_by_accident(head) else charset
    return None


def _is_natural(data: bytes, decode: _Decoder, page: int) -> bool:
    """Returns True for valid UTF-16 with characters of one script and of Latin. Noise has those of many scripts."""
    try:
        characters, _ = decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return not _UNNATURAL.search(characters) and _is_of_one_script(data[page::2])


def _is_of_one_script(pages: bytes) -> bool:
    """`pages` are the higher bytes of UTF-16. One character in twenty may be of another script."""
    most = len(pages) // 20
    if len(pages.translate(None, _LATIN_AND_HAN)) <= most:
        return True
    others = pages.translate(None, _LATIN)
    if len(others.translate(None, _HANGUL)) <= most:
        return True
    # A page that has nearly all characters has one of any two.
    first, middle = others[0], others[len(others) // 2]
    return len(others) - others.count(middle) <= most or len(others) - others.count(first) <= most


def _has_zero_by_accident(head: bytes) -> bool:
    """Returns True for a text of one byte a character: all but a few zero bytes are printable."""
    return head.count(0) * 5 < len(head) and len(head.translate(None, _PRINTABLE)) * 5 < len(head)
