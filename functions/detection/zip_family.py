"""ZIP archives and the formats that are one inside: told by the names of their members, never by unpacking.

Names are read by walking from record to record, not by searching: an archive that holds a document
uncompressed must not be taken for that document.
"""

import struct
from collections.abc import Iterator

from functions.detection import formats
from functions.detection.formats import Format

SIGNATURE = b"PK\x03\x04"

_MEMBER = struct.Struct("<4xHHH8xI4xHH")
"""Version, flags, method, compressed size, lengths of name and extra field: 30 bytes (APPNOTE.TXT 4.3.7)."""

_ENTRY_SIGNATURE = b"PK\x01\x02"
_ENTRY = struct.Struct("<28xHHH12x")
"""Lengths of name, extra field and comment: 46 bytes (APPNOTE.TXT 4.3.12)."""

_END = b"PK\x05\x06"
_SIZE_FOLLOWS = 0x0008
_BY_MIMETYPE = {
    each.content_type.encode(): each for each in (formats.ODT, formats.ODS, formats.ODP, formats.EPUB)
}
_BY_FOLDER = ((b"word/", formats.DOCX), (b"xl/", formats.XLSX), (b"ppt/", formats.PPTX))
_PACKAGE = (b"[Content_Types].xml", b"_rels/", b"docProps/")
"""What every OOXML package has beside its own folder; a ZIP of somebody's folder `word/` has none of it."""


def recognise(head: bytes, tail: bytes = b"") -> Format:
    """The format of an archive by what is seen of it: `ZIP` may become another with the tail."""
    if not _is_member(head):
        return formats.SUSPICIOUS
    if named := _by_mimetype(head):
        return named
    names = [*_names_in_head(head), *_names_in_tail(tail)]
    if b"META-INF/MANIFEST.MF" in names:
        return formats.JAR
    if any(name.startswith(_PACKAGE) for name in names):
        return next(
            (each for folder, each in _BY_FOLDER for name in names if name.startswith(folder)), formats.ZIP
        )
    return formats.ZIP


def _is_member(head: bytes) -> bool:
    # Version needed to extract is 6.3 at most so far, and 99 the last method (APPNOTE.TXT 4.4.3, 4.4.5).
    if len(head) <= _MEMBER.size:
        return False
    version, _, method, _, name, _ = _MEMBER.unpack_from(head)
    return bool(version & 0xFF <= 63 and method <= 99 and name)


def _by_mimetype(head: bytes) -> Format | None:
    """OpenDocument and EPUB store a member `mimetype` first, so that it can be read at a fixed place."""
    *_, name, extra = _MEMBER.unpack_from(head)
    if name != 8 or head[30:38] != b"mimetype":
        return None
    stored = head[38 + extra : 38 + extra + 80].partition(b"PK")[0]
    return _BY_MIMETYPE.get(stored.strip())


def _names_in_head(head: bytes) -> Iterator[bytes]:
    at = 0
    while head.startswith(SIGNATURE, at) and at + _MEMBER.size <= len(head):
        _, flags, method, size, name, extra = _MEMBER.unpack_from(head, at)
        yield head[at + 30 : at + 30 + name]
        data = at + 30 + name + extra
        if flags & _SIZE_FOLLOWS and not size:
            # Written as a stream. Compressed data holds no record by accident; stored data may be an archive.
            at = head.find(SIGNATURE, data) if method else -1
            if at < 0:
                return
        else:
            at = data + size


def _names_in_tail(tail: bytes) -> Iterator[bytes]:
    at = _directory(tail)
    while tail.startswith(_ENTRY_SIGNATURE, at) and at + _ENTRY.size <= len(tail):
        name, extra, comment = _ENTRY.unpack_from(tail, at)
        yield tail[at + 46 : at + 46 + name]
        at += 46 + name + extra + comment


def _directory(tail: bytes) -> int:
    """Where the directory begins in `tail`: where the end record says, else at its first whole entry."""
    end = tail.rfind(_END)
    if end < 0:
        return len(tail)
    start = end - int.from_bytes(tail[end + 12 : end + 16], "little")
    if start >= 0 and tail.startswith(_ENTRY_SIGNATURE, start):
        return start
    first = tail.find(_ENTRY_SIGNATURE)
    return first if first >= 0 else len(tail)
