"""One small file for each format, written by the standard library where it can, otherwise only the header."""

import bz2
import gzip
import io
import lzma
import sqlite3
import struct
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Mapping

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/svg+xml"><dc:title><rdf:Alt>'
    b'<rdf:li xml:lang="x-default">on = off &lt;script&gt;</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


def zipped(
    members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False
) -> bytes:
    """Returns an archive of `members` in order. If `streamed`, the writer cannot seek, so sizes follow the data."""
    file = io.BytesIO()
    target = _Unseekable(file) if streamed else file
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members.items():
            stored = name == "mimetype"
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if stored else compression)
    return file.getvalue()


class _Unseekable(io.RawIOBase):
    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._file.write(data)  # type: ignore[arg-type]


def office(folder: str, main: str) -> dict[str, bytes]:
    """Returns the members of an OOXML document in the order in which Office writes them."""
    xml = b'<?xml version="1.0"?><x xmlns="http://schemas.openxmlformats.org/"/>'
    return {
        "[Content_Types].xml": xml,
        "_rels/.rels": xml,
        f"{folder}/_rels/{main}.rels": xml,
        f"{folder}/{main}": xml * 20,
        "docProps/app.xml": xml,
    }


def open_document(mimetype: str) -> bytes:
    return zipped(
        {"mimetype": mimetype.encode(), "META-INF/manifest.xml": b"<m/>", "content.xml": b"<c/>" * 99}
    )


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))
    )


def png(*chunks: bytes) -> bytes:
    """Returns one grey pixel, with `chunks` between header and data."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = png_chunk(b"IDAT", zlib.compress(b"\0\x7f"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + data + png_chunk(b"IEND", b"")


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(*segments: bytes) -> bytes:
    """Returns a picture of one pixel, with `segments` after the JFIF segment."""
    jfif = jpeg_segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    tables = jpeg_segment(0xDB, b"\0" + b"\x10" * 64)
    frame = jpeg_segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")
    return (
        b"\xff\xd8"
        + jfif
        + b"".join(segments)
        + tables
        + frame
        + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x7f\xff\xd9"
    )


def gif(*extensions: bytes) -> bytes:
    """Returns one pixel with a colour table of two entries, and `extensions` before the image."""
    start = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return start + b"".join(extensions) + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def gif_comment(text: bytes) -> bytes:
    return b"!\xfe" + bytes([len(text)]) + text + b"\0"


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = kind + b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def iso_media(major: bytes, *compatible: bytes) -> bytes:
    brands = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + struct.pack(">I", 16) + b"mdat" + bytes(8)


def ebml(doc_type: bytes) -> bytes:
    content = b"\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82" + bytes([0x80 | len(doc_type)]) + doc_type
    return (
        b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(content)]) + content + b"\x18\x53\x80\x67\x01" + b"\xff" * 7
    )


def ogg_page(packet: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(packet)]) + packet


def mp3_frames(count: int = 12) -> bytes:
    """Returns frames of MPEG 1 layer III at 128 kbit/s and 44.1 kHz, 417 bytes each."""
    return (b"\xff\xfb\x90\0" + bytes(413)) * count


def aac_frames(count: int = 12) -> bytes:
    """Returns ADTS frames of 200 bytes."""
    length = 200
    header = bytes(
        [0xFF, 0xF1, 0x50, 0x80 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC]
    )
    return (header + bytes(length - 7)) * count


def id3(body: bytes) -> bytes:
    frame = b"TIT2\0\0\0\x06\0\0\0Song."
    return b"ID3\x04\0\0\0\0\0" + bytes([len(frame)]) + frame + body


def exe() -> bytes:
    return b"MZ\x90\0" + bytes(56) + struct.pack("<I", 64) + b"PE\0\0\x64\x86" + bytes(200)


def _wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return file.getvalue()


def _sqlite() -> bytes:
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE TABLE cats (name TEXT)")
        return database.serialize()
    finally:
        database.close()


def _tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("report.pdf")
        member.size = 9
        archive.addfile(member, io.BytesIO(b"%PDF-1.7\n"))
    return file.getvalue()


PROSE = b"The quick brown fox jumps over the lazy dog.\nIt was not amused, and said so.\n"
SAMPLES: dict[str, bytes] = {
    "jpeg": jpeg(),
    "png": png(),
    "gif": gif(),
    "webp": riff(b"WEBP", (b"VP8X", bytes(10)), (b"VP8 ", bytes(30))),
    "avif": iso_media(b"avif", b"mif1", b"miaf", b"MA1B"),
    "heic": iso_media(b"heic", b"mif1", b"heic"),
    "bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 58, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4),
    "tiff": b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x01\0\0\0" + bytes(4),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
    "ps": b"%!PS-Adobe-3.0\n%%Title: page\nshowpage\n",
    "rtf": b"{\\rtf1\\ansi\\deff0 {\\fonttbl {\\f0 Courier;}}\nHello\\par}\n",
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0" + bytes(480),
    "docx": zipped(office("word", "document.xml")),
    "xlsx": zipped(office("xl", "workbook.xml")),
    "pptx": zipped(office("ppt", "presentation.xml")),
    "odt": open_document("application/vnd.oasis.opendocument.text"),
    "ods": open_document("application/vnd.oasis.opendocument.spreadsheet"),
    "odp": open_document("application/vnd.oasis.opendocument.presentation"),
    "epub": zipped({"mimetype": b"application/epub+zip", "META-INF/container.xml": b"<container/>"}),
    "zip": zipped({"holiday/photo.jpg": jpeg(), "notes.txt": PROSE}),
    "jar": zipped(
        {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "Main.class": b"\xca\xfe\xba\xbe\0\0\0\x41"}
    ),
    "gz": gzip.compress(PROSE),
    "bz2": bz2.compress(PROSE),
    "xz": lzma.compress(PROSE),
    "zst": b"(\xb5/\xfd\x04\x58\x11\0\0hi\0" + bytes(4),
    "7z": b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(24),
    "tar": _tar(),
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(20),
    "parquet": b"PAR1\x15\0\x15\x1c\x15\x1e\x2c\x15\x04\x15\0" + bytes(40) + b"PAR1",
    "sqlite": _sqlite(),
    "mp4": iso_media(b"isom", b"isom", b"iso2", b"avc1", b"mp41"),
    "mov": iso_media(b"qt  ", b"qt  "),
    "webm": ebml(b"webm"),
    "mkv": ebml(b"matroska"),
    "avi": riff(b"AVI ", (b"LIST", b"hdrlavih" + bytes(60))),
    "mp3": mp3_frames(),
    "aac": aac_frames(),
    "wav": _wav(),
    "flac": b"fLaC\0\0\0\x22" + bytes(34) + b"\xff\xf8" + bytes(60),
    "ogg": ogg_page(b"\x01vorbis" + bytes(23)),
    "ogg video": ogg_page(b"\x80theora" + bytes(35)) + ogg_page(b"\x01vorbis" + bytes(23)),
    "m4a": iso_media(b"M4A ", b"M4A ", b"mp42", b"isom"),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(57),
    "exe": exe(),
    "class": b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(30),
    "macho": b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(24),
    "macho for two architectures": b"\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07" + bytes(40),
    "wasm": b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0",
    "html": b"<!DOCTYPE html>\n<html><head><title>Cats</title></head><body></body></html>\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>\n',
    "xml": b'<?xml version="1.0" encoding="utf-8"?>\n<cats><cat name="Ada"/></cats>\n',
    "script": b"#!/bin/sh\necho hello\n",
    "json": b'{"cats": [{"name": "Ada", "lives": 9, "tail": true, "collar": null}]}\n',
    "csv": b"name,lives\nAda,9\nBo,7\n",
    "text": PROSE,
    "empty": b"",
    "binary": bytes(range(256)) * 2,
}
