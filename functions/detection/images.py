"""Images: the header must be one, and no page, script or PDF may stand in the head beside it.

A browser that is told to can run many files as JavaScript in which the header's numbers are the code:
`GIF89a=1;`, or `/*` as the width with the picture inside the comment. So numbers that read as code are
refused where no real picture has them. XMP metadata is XML, and common: it holds none of the tags looked for.
"""

import re

from functions.detection import formats, markup
from functions.detection.formats import Format

_PRINTABLE = re.compile(rb"[\t\n\r -~]+")
# A width, which is then 8,224 or more, or a whole descriptor that is text.
_GIF_CODE = re.compile(rb"[ -~]{2}|[\t\n\r -~]{7}")
_DIB_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)
"""The sizes in bytes of the known bitmap headers, from OS/2 1.x to version 5."""


def unless_active(head: bytes, named: Format) -> Format:
    """`named`, for an image with a sound header, unless a page, a script or a PDF stands in its head."""
    if markup.runs(head) or b"%PDF-1." in head:
        return formats.SUSPICIOUS
    return named


def gif(head: bytes) -> Format:
    """Signature, screen descriptor (7 bytes), colour table if flagged, then the first block."""
    descriptor = head[6:13]
    if len(descriptor) < 7 or _GIF_CODE.match(descriptor):
        return formats.SUSPICIOUS
    packed = descriptor[4]
    colours = 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0
    if head[13 + colours : 14 + colours] not in (b"!", b",", b";"):
        return formats.SUSPICIOUS
    return unless_active(head, formats.GIF)


def png(head: bytes) -> Format:
    """IHDR comes first; Apple's own variant has CgBI before it."""
    if head[8:16] not in (b"\0\0\0\rIHDR", b"\0\0\0\x04CgBI"):
        return formats.SUSPICIOUS
    return unless_active(head, formats.PNG)


def jpeg(head: bytes) -> Format:
    """The first segment: its marker, its length (big-endian), and the marker that follows."""
    marker, length = head[3:4], int.from_bytes(head[4:6], "big")
    is_segment = b"\xc0" <= marker <= b"\xcf" or b"\xda" <= marker <= b"\xfe"
    follows = head[4 + length : 5 + length]
    if not is_segment or length < 2 or follows not in (b"", b"\xff") or _is_jpeg_code(head):
        return formats.SUSPICIOUS
    return unless_active(head, formats.JPEG)


def _is_jpeg_code(head: bytes) -> bool:
    marker, length, content = head[3], head[4:6], head[6:10]
    if length == b"/*":
        return content not in (b"Exif", b"http")
    # From 8 KiB up: only the segments that carry metadata, APP1 to APP15, grow so large.
    return length[0] >= 0x20 and _PRINTABLE.fullmatch(length) is not None and not 0xE1 <= marker <= 0xEF


def webp(head: bytes) -> Format:
    """RIFF, a size (little-endian), WEBP, a chunk; a size that is text would be 151 MB or more."""
    if _PRINTABLE.fullmatch(head[4:8]) or head[12:16] not in (b"VP8 ", b"VP8L", b"VP8X"):
        return formats.SUSPICIOUS
    return unless_active(head, formats.WEBP)


def bmp(head: bytes) -> Format | None:
    """Two letters are a weak signature, so the reserved field and the size of the next header must fit."""
    if head[6:10] != b"\0\0\0\0" or int.from_bytes(head[14:18], "little") not in _DIB_SIZES:
        return None
    # Headers, palettes and rows are all even: no true file size ends in the odd byte of `/*` or `=`.
    return formats.SUSPICIOUS if head[2:3] in (b"/", b"=") else unless_active(head, formats.BMP)


def tiff(head: bytes) -> Format:
    """The first directory is behind the header of 8 bytes; the 64-bit variant has its offset's size there."""
    if head[2:4] in (b"+\0", b"\0+"):
        is_header = head[4:8] in (b"\x08\0\0\0", b"\0\x08\0\0")
    else:
        is_header = int.from_bytes(head[4:8], "little" if head[:1] == b"I" else "big") >= 8
    return unless_active(head, formats.TIFF) if is_header else formats.SUSPICIOUS
