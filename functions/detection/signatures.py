"""The table of signatures, looked up by first byte, and the detectors that check the bytes behind a signature."""

import re
from collections.abc import Callable

from functions.detection import fonts, formats, images, media
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


def _detect_swf(head: bytes) -> Format | None:
    # The version and the length (little-endian) of the whole file follow.
    return formats.SWF if _CONTROL.search(head, 3, 8) else None


_LZMA_DICTIONARIES = frozenset(factor << shift for factor in (1, 3) for shift in range(12, 31))


def _detect_lzma(head: bytes) -> Format | None:
    # The size of the dictionary is a power of two or three times one, and the length unknown or below 1 TiB.
    dictionary, length = int.from_bytes(head[1:5], "little"), head[5:13]
    return (
        formats.LZMA
        if dictionary in _LZMA_DICTIONARIES and (length == b"\xff" * 8 or length[5:] == b"\0\0\0")
        else None
    )


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
    (b"#!AMR\n", formats.AMR),
    (b"#!AMR-WB\n", formats.AMR),
    (b"#!", _detect_shebang),
    (b"\0\0\x01\0", images.detect_ico),
    (b"8BPS\0\x01\0\0\0\0\0\0", formats.PSD),
    (b"8BPS\0\x02\0\0\0\0\0\0", formats.PSD),
    (b"\0\0\0\x0cJXL \r\n\x87\n", formats.JXL),
    (b"\xff\x0a", images.detect_jxl_codestream),
    (b"\0\0\0\x0cjP  \r\n\x87\n", formats.JP2),
    (b"\x01\0\0\0", images.detect_emf),
    (b"\xd7\xcd\xc6\x9a\0\0", formats.WMF),
    (b"AT&TFORM", lambda head: formats.DJVU if head[12:15] == b"DJV" else None),
    (b"AC10", lambda head: formats.DWG if head[6:7] == b"\0" else None),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", formats.ONENOTE),
    (b"ITSF\x03\0\0\0", formats.CHM),
    (b"\x4c\0\0\0\x01\x14\x02\0", formats.LNK),
    (b"dex\n0", lambda head: formats.DEX if head[7:8] == b"\0" else None),
    (b"Cr24", lambda head: formats.CRX if b"\0" in head[4:12] else None),
    *((signature, _detect_swf) for signature in (b"FWS", b"CWS", b"ZWS")),
    (b"\xed\xab\xee\xdb", formats.RPM),
    (b"xar!\0", formats.XAR),
    (b"!<arch>\n", lambda head: formats.DEB if head[8:21] == b"debian-binary" else formats.AR),
    (b"MSCF\0\0\0\0", formats.CAB),
    (b"\x04\x22\x4d\x18", formats.LZ4),
    (b"LZIP\x01", formats.LZIP),
    (b"\x5d\0\0", _detect_lzma),
    (b"\x1f\x9d", lambda head: formats.COMPRESS if len(head) > 2 and 9 <= head[2] & 0x1F <= 16 else None),
    *((signature, fonts.detect_sfnt) for signature in (b"\0\x01\0\0\0", b"true\0", b"typ1\0", b"OTTO\0")),
    (b"ttcf", fonts.detect_collection),
    (b"wOFF", fonts.detect_woff),
    (b"wOF2", fonts.detect_woff2),
    (b"\0\0\x01\xba", media.detect_mpeg_stream),
    (b"\0\0\x01\xb3", media.detect_mpeg_stream),
    (b"G", media.detect_transport_stream),
    (b"FLV\x01", lambda head: formats.FLV if head[5:9] == b"\0\0\0\x09" else None),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", formats.ASF),
    (b"FORM", media.detect_iff),
    (b".snd\0\0\0", formats.AU),
    (b"MThd\0\0\0\x06", formats.MIDI),
    (b"caff\0\x01\0\0", formats.CAF),
    (b"Obj\x01", formats.AVRO),
    (b"ARROW1\0\0", formats.ARROW),
    (b"ORC", lambda head: formats.ORC if _CONTROL.search(head, 3, 32) else None),
    (b"\x89HDF\r\n\x1a\n", formats.HDF5),
    (b"\x93NUMPY", formats.NPY),
    (b"SIMPLE  =", lambda head: formats.FITS if head[29:30] == b"T" else None),
    (b"\0\x01\0\0Standard ", lambda head: formats.ACCESS if head[13:19] in (b"Jet DB", b"ACE DB") else None),
    *(
        (signature, formats.PCAP)
        for signature in (
            b"\xd4\xc3\xb2\xa1",
            b"\xa1\xb2\xc3\xd4",
            b"\x4d\x3c\xb2\xa1",
            b"\x0a\x0d\x0d\x0a\x1c\0\0\0",
        )
    ),
    (b"glTF", lambda head: formats.GLB if head[4:8] in (b"\x01\0\0\0", b"\x02\0\0\0") else None),
    (b"bplist0", formats.PLIST),
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
    return media.detect_iso_media(head) or _detect_at_an_offset(head) or _detect_tar(head)


def _detect_at_an_offset(head: bytes) -> Format | None:
    if head[60:68] == b"BOOKMOBI":
        return formats.MOBI
    if head[128:132] == b"DICM":
        return formats.DICOM
    if head[34:36] == b"LP" and head[8:10] in (b"\x01\0", b"\x02\0"):
        return formats.EOT
    return media.detect_transport_stream(head) if head[4:5] == b"G" else None


def _detect_tar(head: bytes) -> Format | None:
    # The first field is a file name. If it is markup, a browser would render it, so markup takes precedence.
    if head[257:263] not in (b"ustar\0", b"ustar ") or b"\0" not in head[:257] or head.lstrip()[:1] == b"<":
        return None
    return formats.TAR
