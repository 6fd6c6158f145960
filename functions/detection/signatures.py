"""The table of signatures, looked up by first byte, and the detectors that check the bytes behind a signature."""

import re
from collections.abc import Callable

from functions.detection import formats, images, media
from functions.detection.formats import Format
from functions.detection.markup import ACTIVE

Detector = Callable[[bytes], Format | None]
"""Checks the bytes behind a signature. Returns None for a coincidence, such as a text that starts with `BM`."""

# The magic number of a first block, or of an empty stream.
_BZ2_BLOCK = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_PDF_VERSION = re.compile(rb"%PDF-[12]\.\d")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")


def _detect_pdf(head: bytes) -> Format:
    if not _PDF_VERSION.match(head) or ACTIVE.search(head, 0, 1024):
        return formats.SUSPICIOUS
    return formats.PDF


def _detect_bz2(head: bytes) -> Format | None:
    return formats.BZ2 if _BZ2_BLOCK.match(head) else None


def _detect_exe(head: bytes) -> Format | None:
    # The 64-byte header ends with an offset below 16 MiB, so one of its bytes is zero. Text has no zero byte.
    return formats.EXE if b"\0" in head[:64] else None


def _detect_parquet(head: bytes) -> Format | None:
    # The footer that confirms the format is at the end of the file. Thrift follows the four letters, and is not text.
    return formats.PARQUET if _CONTROL.search(head, 4, 64) else None


def _detect_class_or_macho(head: bytes) -> Format:
    # Both formats have this signature. A class file has its version (45 and up) where a fat Mach-O has its few
    # architectures.
    return formats.CLASS if int.from_bytes(head[4:8], "big") >= 45 else formats.MACHO


def _detect_shebang(head: bytes) -> Format | None:
    # Rust sources start with `#![attribute]`. Binary data may follow a shebang, as in Python's zipapps.
    return None if head.startswith(b"#![") else formats.SCRIPT


_SIGNATURES: tuple[tuple[bytes, Format | Detector], ...] = (
    (b"\xff\xd8\xff", images.detect_jpeg),
    (b"\x89PNG\r\n\x1a\n", images.detect_png),
    (b"GIF87a", images.detect_gif),
    (b"GIF89a", images.detect_gif),
    (b"BM", images.detect_bmp),
    (b"II*\0", images.detect_tiff),
    (b"MM\0*", images.detect_tiff),
    (b"II+\0", images.detect_tiff),
    (b"MM\0+", images.detect_tiff),
    (b"%PDF-", _detect_pdf),
    (b"%!PS", formats.PS),
    (b"\xc5\xd0\xd3\xc6", formats.PS),
    (b"{\\rtf", formats.RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", formats.OLE),
    (b"PK\x05\x06", formats.ZIP),
    (b"PK\x07\x08", formats.ZIP),
    (b"\x1f\x8b\x08", formats.GZ),
    (b"BZh", _detect_bz2),
    (b"\xfd7zXZ\0", formats.XZ),
    (b"(\xb5/\xfd", formats.ZST),
    (b"7z\xbc\xaf\x27\x1c", formats.SEVEN_ZIP),
    (b"Rar!\x1a\x07", formats.RAR),
    (b"PAR1", _detect_parquet),
    (b"PARE", _detect_parquet),
    (b"SQLite format 3\0", formats.SQLITE),
    (b"RIFF", media.detect_riff),
    (b"RIFX", media.detect_riff),
    (b"RF64", media.detect_riff),
    (b"\x1a\x45\xdf\xa3", media.detect_ebml),
    (b"OggS\0", media.detect_ogg),
    (b"fLaC\0\0\0\x22", formats.FLAC),
    (b"fLaC\x80\0\0\x22", formats.FLAC),
    (b"\xff", media.detect_mpeg_audio),
    (b"\x7fELF", formats.ELF),
    (b"MZ", _detect_exe),
    (b"\xca\xfe\xba\xbe", _detect_class_or_macho),
    (b"\xca\xfe\xba\xbf", formats.MACHO),
    (b"\xfe\xed\xfa\xce", formats.MACHO),
    (b"\xfe\xed\xfa\xcf", formats.MACHO),
    (b"\xce\xfa\xed\xfe", formats.MACHO),
    (b"\xcf\xfa\xed\xfe", formats.MACHO),
    (b"\0asm\x01\0\0\0", formats.WASM),
    (b"#!", _detect_shebang),
)

_BY_FIRST_BYTE: dict[int, list[tuple[bytes, Format | Detector]]] = {}
for _row in _SIGNATURES:
    _BY_FIRST_BYTE.setdefault(_row[0][0], []).append(_row)


def detect_by_signature(head: bytes) -> Format | None:
    """Detects the format by its signature; None for text, markup and unknown data. `head` is not empty."""
    for signature, entry in _BY_FIRST_BYTE.get(head[0], ()):
        if head.startswith(signature):
            detected = entry if isinstance(entry, Format) else entry(head)
            if detected is not None:
                return detected
    return media.detect_iso_media(head) or _detect_tar(head)


def _detect_tar(head: bytes) -> Format | None:
    # The first field is a file name. If it is markup, a browser would render it, so markup takes precedence.
    if head[257:263] not in (b"ustar\0", b"ustar ") or b"\0" not in head[:257] or head.lstrip()[:1] == b"<":
        return None
    return formats.TAR
