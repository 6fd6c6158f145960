"""Small real files, and some whose name would lie."""

import math
import os
import struct
import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 8, height: int = 8) -> bytes:
    """Returns a valid picture."""
    rows = b"".join(b"\0" + os.urandom(3 * width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def gradient_png(width: int, height: int) -> bytes:
    """Returns a valid picture of a sky over mountains, which is the same each time."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            ridge = height * (0.62 + 0.16 * math.sin(9 * x / width) + 0.07 * math.sin(23 * x / width))
            shade = y / height
            rows += (
                bytes((30, 70 + int(40 * shade), 78))
                if y > ridge
                else bytes((250 - int(90 * shade), 190, 150))
            )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows))) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def pdf(size: int) -> bytes:
    """Returns `size` bytes with the signature of a PDF."""
    start = b"%PDF-1.7\n"
    return start + os.urandom(size - len(start))


def mp4(size: int) -> bytes:
    start = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42"
    return start + os.urandom(size - len(start))


def exe() -> bytes:
    """Returns a DOS header, as every Windows program has, and the PE header that it refers to."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + os.urandom(200)


HTML = b"<!doctype html><html><script>alert(document.domain)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_AND_HTML = b"GIF89a<html><script>alert(1)</script></html>" + bytes(64)
