"""Tiny real files for `smoke`, by content type."""

import struct
import uuid
import zlib
from collections.abc import Callable, Mapping


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _build_png() -> bytes:
    """Returns a picture of one pixel, with a comment that differs each time."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = _chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    comment = _chunk(b"tEXt", b"Comment\0" + _unique())
    return b"\x89PNG\r\n\x1a\n" + header + comment + pixel + _chunk(b"IEND", b"")


def _build_pdf() -> bytes:
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%"
    return body + _unique() + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _build_mp4() -> bytes:
    return b"\0\0\0\x18ftypisom\0\0\x02\0isommp42" + b"\0\0\0\x28free" + _unique()


def _unique() -> bytes:
    """Returns 32 bytes, so that no file is a duplicate of an earlier one."""
    return uuid.uuid4().hex.encode()


SAMPLES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "image/png": ("smoke.png", _build_png),
    "application/pdf": ("smoke.pdf", _build_pdf),
    "text/plain": ("smoke.txt", lambda: b"smoke " + _unique() + b"\n"),
    "text/csv": ("smoke.csv", lambda: b"name,value\nsmoke," + _unique() + b"\n"),
    "video/mp4": ("smoke.mp4", _build_mp4),
}
"""Content type -> file name, and the function that builds the file."""
