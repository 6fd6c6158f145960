"""The table of signatures: by the first byte, then the whole signature, then what must stand behind it."""

import re
from collections.abc import Callable

from functions.detection import formats, images, media
from functions.detection.formats import Format
from functions.detection.markup import ACTIVE

Detector = Callable[[bytes], Format | None]
"""Looks behind a signature; None: these bytes only happen to start like it, as a text may start with `BM`."""

_BZ2_BLOCK = re.compile(
    rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"
)  # the magic of a first block, or of an empty stream
_PDF_VERSION = re.compile(rb"%PDF-[12]\.\d")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")


def _pdf(head: bytes) -> Format:
    if not _PDF_VERSION.match(head) or ACTIVE.search(head, 0, 1024):
        return formats.SUSPICIOUS
    return formats.PDF


def _bz2(head: bytes) -> Format | None:
    return formats.BZ2 if _BZ2_BLOCK.match(head) else None


def _exe(head: bytes) -> Format | None:
    # The header's 64 bytes end with an offset below 16 MiB, so one of them is zero; a text has no zero byte.
    return formats.EXE if b"\0" in head[:64] else None


def _parquet(head: bytes) -> Format | None:
    # What could confirm it is at the end; behind the head's four letters stands Thrift, which is no text.
    return formats.PARQUET if _CONTROL.search(head, 4, 64) else None


def _class_or_macho(head: bytes) -> Format:
    # One magic for two: Java's version (45 and up) stands where a fat Mach-O counts its few architectures.
    return formats.CLASS if int.from_bytes(head[4:8], "big") >= 45 else formats.MACHO


def _shebang(head: bytes) -> Format | None:
    # Rust sources open with `#![attribute]`. Binary may follow a shebang: Python's zipapps do it.
    return None if head.startswith(b"#![") else formats.SCRIPT


_SIGNATURES: tuple[tuple[bytes, Format | Detector], ...] = (
    (b"\xff\xd8\xff", images.jpeg),
    (b"\x89PNG\r\n\x1a\n", images.png),
    (b"GIF87a", images.gif),
    (b"GIF89a", images.gif),
    (b"BM", images.bmp),
    (b"II*\0", images.tiff),
    (b"MM\0*", images.tiff),
    (b"II+\0", images.tiff),
    (b"MM\0+", images.tiff),
    (b"%PDF-", _pdf),
    (b"%!PS", formats.PS),
    (b"\xc5\xd0\xd3\xc6", formats.PS),
    (b"{\\rtf", formats.RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", formats.OLE),
    (b"PK\x05\x06", formats.ZIP),
    (b"PK\x07\x08", formats.ZIP),
    (b"\x1f\x8b\x08", formats.GZ),
    (b"BZh", _bz2),
    (b"\xfd7zXZ\0", formats.XZ),
    (b"(\xb5/\xfd", formats.ZST),
    (b"7z\xbc\xaf\x27\x1c", formats.SEVEN_ZIP),
    (b"Rar!\x1a\x07", formats.RAR),
    (b"PAR1", _parquet),
    (b"PARE", _parquet),
    (b"SQLite format 3\0", formats.SQLITE),
    (b"RIFF", media.riff),
    (b"RIFX", media.riff),
    (b"RF64", media.riff),
    (b"\x1a\x45\xdf\xa3", media.ebml),
    (b"OggS\0", media.ogg),
    (b"fLaC\0\0\0\x22", formats.FLAC),
    (b"fLaC\x80\0\0\x22", formats.FLAC),
    (b"ID3", media.id3),
    (b"\xff", media.mpeg_audio),
    (b"\x7fELF", formats.ELF),
    (b"MZ", _exe),
    (b"\xca\xfe\xba\xbe", _class_or_macho),
    (b"\xca\xfe\xba\xbf", formats.MACHO),
    (b"\xfe\xed\xfa\xce", formats.MACHO),
    (b"\xfe\xed\xfa\xcf", formats.MACHO),
    (b"\xce\xfa\xed\xfe", formats.MACHO),
    (b"\xcf\xfa\xed\xfe", formats.MACHO),
    (b"\0asm\x01\0\0\0", formats.WASM),
    (b"#!", _shebang),
)

_BY_FIRST_BYTE: dict[int, list[tuple[bytes, Format | Detector]]] = {}
for _row in _SIGNATURES:
    _BY_FIRST_BYTE.setdefault(_row[0][0], []).append(_row)


def by_signature(head: bytes) -> Format | None:
    """The format whose signature `head` (not empty) carries, or None: text, markup or noise."""
    for signature, found in _BY_FIRST_BYTE.get(head[0], ()):
        if head.startswith(signature):
            named = found if isinstance(found, Format) else found(head)
            if named is not None:
                return named
    return media.iso_media(head) or _tar(head)


def _tar(head: bytes) -> Format | None:
    # Its first field is a file name, which may be markup; a browser would see that first, and so do we.
    if head[257:263] not in (b"ustar\0", b"ustar ") or b"\0" not in head[:257] or head.lstrip()[:1] == b"<":
        return None
    return formats.TAR
