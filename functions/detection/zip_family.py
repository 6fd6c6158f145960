"""Detection of ZIP archives and of formats based on ZIP, by the names of their members and without unpacking.

The names are read record by record instead of searched for, so that an archive which contains an uncompressed document
is not mistaken for that document.
"""

import struct
from collections.abc import Iterator

from functions.detection import formats
from functions.detection.formats import Format
from functions.detection.zip_directory import find_ends, hides_directory, names_in_tail

SIGNATURE = b"PK\x03\x04"

_MEMBER = struct.Struct("<4xHHH8xI4xHH")
"""A local file header of 30 bytes: version, flags, method, compressed size, lengths of name and extra field.

Source: APPNOTE.TXT 4.3.7.
"""

_LONGEST_COMMENT = 1_024
"""Bytes of a comment that may hide so much of a large directory. That of `git archive` is the name of a commit."""
_HAS_DATA_DESCRIPTOR = 0x0008
_BY_MIMETYPE = {
    each.content_type.encode(): each
    for each in (
        *(formats.ODT, formats.ODS, formats.ODP, formats.ODG, formats.OTT, formats.OTS, formats.OTP),
        formats.EPUB,
    )
}
_BY_FOLDER = (
    # Folder, format without macros, format with macros.
    (b"word/", formats.DOCX, formats.DOCM),
    (b"xl/", formats.XLSX, formats.XLSM),
    (b"ppt/", formats.PPTX, formats.PPTM),
    (b"visio/", formats.VSDX, formats.VSDX),
)
_WITHOUT_MACROS = tuple(without for _, without, _ in _BY_FOLDER)
_MACROS = (b"vbaproject.bin", b"vbadata.xml")
_MACRO_SHEETS = b"xl/macrosheets/"
_BINARY_WORKBOOK = b"xl/workbook.bin"
_BY_MEMBERS = (
    # Members that all have to be there.
    ({b"AndroidManifest.xml", b"classes.dex"}, formats.APK),
    ({b"AndroidManifest.xml", b"resources.arsc"}, formats.APK),
    ({b"AppxManifest.xml"}, formats.MSIX),
    ({b"META-INF/MANIFEST.MF"}, formats.JAR),
    ({b"doc.kml"}, formats.KMZ),
    ({b"3D/3dmodel.model"}, formats.THREE_MF),
    ({b"Index/Document.iwa"}, formats.IWORK),
    ({b"FixedDocSeq.fdseq"}, formats.XPS),
    ({b"FixedDocumentSequence.fdseq"}, formats.XPS),
)
_CONTENT_TYPES = b"[Content_Types].xml"
_PACKAGE_FOLDERS = {b"_rels/", b"docProps/"}
"""Folders of an OOXML package besides its own. A plain ZIP of a folder `word/` has none of them, and no content types."""


def needs_tail(head: bytes) -> bool:
    """Returns True for the head of an archive whose kind, or whose macros, only the directory at its end shows."""
    return recognise(head) in (formats.ZIP, *_WITHOUT_MACROS)


def recognise(head: bytes, tail: bytes = b"") -> Format:
    """Detects the format of an archive. A result of `ZIP` without `tail` can change with `tail`."""
    if not _is_member(head):
        return formats.SUSPICIOUS
    if detected := _detect_by_mimetype(head):
        return detected
    ends = find_ends(tail)
    names = {*_names_in_head(head), *names_in_tail(tail, ends)}
    if detected := next((each for members, each in _BY_MEMBERS if members <= names), None):
        return detected
    folders = {name[: name.find(b"/") + 1] for name in names}
    is_package = _CONTENT_TYPES in names or not _PACKAGE_FOLDERS.isdisjoint(folders)
    office = _detect_office(names, folders) if is_package else formats.ZIP
    # The first names of a large archive are beyond the tail. What else it could be must not depend on its comment.
    is_open = office in (formats.ZIP, *_WITHOUT_MACROS)
    if is_open and hides_directory(tail, ends, 0 if is_package else _LONGEST_COMMENT):
        return formats.SUSPICIOUS
    return office


def _detect_office(names: set[bytes], folders: set[bytes]) -> Format:
    """Detects an OOXML document by its folder, and its macros by the names that every writer gives them."""
    if _BINARY_WORKBOOK in names:
        return formats.XLSB
    for folder, without, with_macros in _BY_FOLDER:
        if folder in folders:
            return with_macros if _has_macros(names) else without
    return formats.ZIP


def _has_macros(names: set[bytes]) -> bool:
    return any(name.lower().endswith(_MACROS) or name.startswith(_MACRO_SHEETS) for name in names)


def _is_member(head: bytes) -> bool:
    # The highest "version needed to extract" is 6.3, the highest method 99 (APPNOTE.TXT 4.4.3, 4.4.5).
    if len(head) <= _MEMBER.size:
        return False
    version, _, method, _, name, _ = _MEMBER.unpack_from(head)
    return bool(version & 0xFF <= 63 and method <= 99 and name)


def _detect_by_mimetype(head: bytes) -> Format | None:
    """Detects OpenDocument and EPUB, whose first member `mimetype` is stored uncompressed at a fixed offset."""
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
        if flags & _HAS_DATA_DESCRIPTOR and not size:
            # Written as a stream, without sizes. Compressed data contains no record by accident, but stored data may
            # be an archive.
            at = head.find(SIGNATURE, data) if method else -1
            if at < 0:
                return
        else:
            at = data + size
