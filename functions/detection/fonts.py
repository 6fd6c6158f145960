"""Detection of fonts by their table directory. A font with SVG tables is active, because SVG may contain scripts.

Source: OpenType 1.9, "Organization of an OpenType font"; WOFF 1.0, 4 and 5; WOFF 2.0, 4.1.
"""

from collections.abc import Iterator

from functions.detection import formats
from functions.detection.formats import Format

_SFNT = {
    b"\0\1\0\0": formats.TTF,
    b"true": formats.TTF,
    b"typ1": formats.TTF,
    b"OTTO": formats.OTF,
}
_WOFF2_SVG = 36
"""Index of `SVG ` among the known tags of WOFF 2.0."""
_WOFF2_OTHER = 63
_WOFF2_TRANSFORMED = (10, 11)
"""Tables `glyf` and `loca`, whose transformed length follows unless their version is 3."""


def detect_sfnt(head: bytes) -> Format | None:
    """Detects TrueType and OpenType. The search range (big-endian) follows from the number of tables."""
    tables = int.from_bytes(head[4:6], "big")
    if not 1 <= tables <= 128 or len(head) < 28:
        return None
    tags = [head[at : at + 4] for at in range(12, min(12 + 16 * tables, len(head) - 3), 16)]
    if not all(tag.isascii() and tag.strip() for tag in tags) or b"\0" in b"".join(tags):
        return None
    return formats.SVG_FONT if b"SVG " in tags else _SFNT.get(head[:4])


def detect_collection(head: bytes) -> Format | None:
    """Detects a collection of TrueType fonts by its version."""
    return formats.TTC if head[4:8] in (b"\0\1\0\0", b"\0\2\0\0") else None


def detect_woff(head: bytes) -> Format | None:
    """Detects WOFF, whose table entries have 20 bytes behind a header of 44."""
    if head[4:8] not in _SFNT and head[4:8] != b"ttcf":
        return None
    tables = int.from_bytes(head[12:14], "big")
    tags = [head[at : at + 4] for at in range(44, min(44 + 20 * tables, len(head) - 3), 20)]
    return formats.SVG_FONT if b"SVG " in tags else formats.WOFF


def detect_woff2(head: bytes) -> Format | None:
    """Detects WOFF 2.0, whose table entries have a known tag or one of four letters, and one or two lengths."""
    if head[4:8] not in _SFNT and head[4:8] != b"ttcf":
        return None
    return formats.SVG_FONT if _WOFF2_SVG in _woff2_tables(head) else formats.WOFF2


def _woff2_tables(head: bytes) -> Iterator[int]:
    """Yields the index of each table's tag. The index of an unknown tag `SVG ` is that of the known one."""
    at = 48
    for _ in range(int.from_bytes(head[12:14], "big")):
        if at >= len(head):
            return
        index, version = head[at] & 63, head[at] >> 6
        at += 1
        if index == _WOFF2_OTHER:
            index = _WOFF2_SVG if head[at : at + 4] == b"SVG " else index
            at += 4
        is_transformed = version != 3 if index in _WOFF2_TRANSFORMED else version != 0
        for _ in range(2 if is_transformed else 1):
            at = _skip_number(head, at)
        yield index


def _skip_number(head: bytes, at: int) -> int:
    """Returns the offset behind a number of up to five bytes of seven bits."""
    for _ in range(5):
        at += 1
        if at > len(head) or head[at - 1] < 0x80:
            break
    return at
