"""Detection of images: the header has to be well-formed, and the head must contain no page, script or PDF.

A browser can be made to run an image as JavaScript if the numbers in its header are code: `GIF89a=1;`, or a width of
`/*`, which puts the picture into a comment. Such numbers are `suspicious` where no real picture has them. XMP metadata
is XML and common in images; it contains none of the tags of `markup.ACTIVE`.
"""

import re

from functions.detection import formats, markup
from functions.detection.formats import Format

_PRINTABLE = re.compile(rb"[\t\n\r -~]+")
# A printable width is 8,224 or more. Alternatively, the whole descriptor is printable.
_GIF_CODE = re.compile(rb"[ -~]{2}|[\t\n\r -~]{7}")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_DIB_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)
"""Sizes in bytes of the known bitmap headers, from OS/2 1.x to version 5."""


def reject_active_content(head: bytes, detected: Format) -> Format:
    """Returns `detected`, or SUSPICIOUS if the head of the image contains a page, a script or a PDF."""
    if markup.has_active_content(head) or b"%PDF-1." in head:
        return formats.SUSPICIOUS
    return detected


def detect_gif(head: bytes) -> Format:
    """Checks the screen descriptor (7 bytes), the colour table if its flag is set, and the start of the first block."""
    descriptor = head[6:13]
    if len(descriptor) < 7 or _GIF_CODE.match(descriptor):
        return formats.SUSPICIOUS
    packed = descriptor[4]
    colours = 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0
    if head[13 + colours : 14 + colours] not in (b"!", b",", b";"):
        return formats.SUSPICIOUS
    return reject_active_content(head, formats.GIF)


def detect_png(head: bytes) -> Format:
    """Checks that the first chunk is IHDR, or CgBI in Apple's variant of PNG."""
    if head[8:16] not in (b"\0\0\0\rIHDR", b"\0\0\0\x04CgBI"):
        return formats.SUSPICIOUS
    return reject_active_content(head, formats.PNG)


def detect_jpeg(head: bytes) -> Format:
    """Checks the marker of the first segment, its length (big-endian), and the marker that follows it."""
    marker, length = head[3:4], int.from_bytes(head[4:6], "big")
    is_segment = b"\xc0" <= marker <= b"\xcf" or b"\xda" <= marker <= b"\xfe"
    follows = head[4 + length : 5 + length]
    if not is_segment or length < 2 or follows not in (b"", b"\xff") or _is_jpeg_code(head):
        return formats.SUSPICIOUS
    return reject_active_content(head, formats.JPEG)


def _is_jpeg_code(head: bytes) -> bool:
    marker, length, content = head[3], head[4:6], head[6:10]
    if length == b"/*":
        return content not in (b"Exif", b"http")
    # A printable length is at least 8 KiB. Only segments with metadata, APP1 to APP15, are that long.
    return length[0] >= 0x20 and _PRINTABLE.fullmatch(length) is not None and not 0xE1 <= marker <= 0xEF


def detect_webp(head: bytes) -> Format:
    """Checks the size (little-endian) and the name of the first chunk. A printable size would be 151 MB or more."""
    if _PRINTABLE.fullmatch(head[4:8]) or head[12:16] not in (b"VP8 ", b"VP8L", b"VP8X"):
        return formats.SUSPICIOUS
    return reject_active_content(head, formats.WEBP)


def detect_bmp(head: bytes) -> Format | None:
    """Checks the reserved field and the size of the next header, because two letters are a weak signature."""
    if head[6:10] != b"\0\0\0\0" or int.from_bytes(head[14:18], "little") not in _DIB_SIZES:
        return None
    # Headers, palettes and rows have even sizes, so no real file size has the odd low byte of `/*` or `=`.
    return formats.SUSPICIOUS if head[2:3] in (b"/", b"=") else reject_active_content(head, formats.BMP)


def detect_tiff(head: bytes) -> Format:
    """Checks that the first directory follows the 8-byte header. BigTIFF has the size of its offsets there instead."""
    if head[2:4] in (b"+\0", b"\0+"):
        is_header = head[4:8] in (b"\x08\0\0\0", b"\0\x08\0\0")
    else:
        is_header = int.from_bytes(head[4:8], "little" if head[:1] == b"I" else "big") >= 8
    return reject_active_content(head, formats.TIFF) if is_header else formats.SUSPICIOUS


def detect_ico(head: bytes) -> Format | None:
    """Checks the number of pictures, and the place (little-endian) of the first one behind the directory."""
    count, size, offset = (
        int.from_bytes(head[at : at + n], "little") for at, n in ((4, 2), (14, 4), (18, 4))
    )
    is_entry = 1 <= count <= 256 and head[9:10] == b"\0" and size and 6 + 16 * count <= offset < 1 << 24
    return reject_active_content(head, formats.ICO) if is_entry else None


def detect_jxl_codestream(head: bytes) -> Format | None:
    """Checks that binary data follows the two bytes of a bare JPEG XL, which are weak."""
    return reject_active_content(head, formats.JXL) if _BINARY.search(head, 2, 256) else None


def detect_emf(head: bytes) -> Format | None:
    """Checks the signature within the first record."""
    return formats.EMF if head[40:44] == b" EMF" else None
