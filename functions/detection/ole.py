"""Detection of legacy Office documents and installers by the streams in the directory of an OLE compound file.

Source: [MS-CFB], 2.2 (header) and 2.6 (directory entries).
"""

from functions.detection import formats
from functions.detection.formats import Format

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DIRECTORY_BYTES = 16_384
"""Number of bytes to read of the directory: 128 entries, if its sectors follow each other, as writers store them."""

_ENTRY = 128
_STORAGE_OR_STREAM = (b"\x01", b"\x02")
_ROOT = 5
_STREAMS = tuple(
    (f"{name}\0".encode("utf-16-le"), found)
    for name, found in (
        # A document with a password: [MS-OFFCRYPTO], 2.3. The streams of a document that it contains come later.
        ("EncryptedPackage", formats.ENCRYPTED),
        ("EncryptionInfo", formats.ENCRYPTED),
        ("WordDocument", formats.DOC),
        ("Workbook", formats.XLS),
        ("Book", formats.XLS),
        ("PowerPoint Document", formats.PPT),
        ("VisioDocument", formats.VSD),
        ("__properties_version1.0", formats.MSG),
    )
)
_BY_CLASS = {
    # The first four bytes of the class id of the root, of which the others are those of all classes of Microsoft.
    0x000C1084: formats.MSI,
    0x000C1086: formats.MSI,
    0x00020906: formats.DOC,
    0x00020900: formats.DOC,
    0x00020820: formats.XLS,
    0x00020810: formats.XLS,
    0x64818D10: formats.PPT,
    0x00021A14: formats.VSD,
    0x00021A13: formats.VSD,
    0x00020D0B: formats.MSG,
    0x00021201: formats.PUB,
}


def find_directory(head: bytes) -> int:
    """Returns the offset of the first sector of the directory, or 0 for a damaged header."""
    if len(head) < 76 or not 7 <= head[30] <= 16:
        return 0
    sector = int.from_bytes(head[48:52], "little")
    return (sector + 1) << head[30] if sector < 0xFFFF_FFF0 else 0


def recognise(head: bytes, more: bytes) -> Format:
    """Detects the format. `more` are the bytes at the offset of the directory, unless the head contains them."""
    start = find_directory(head)
    directory = more or (head[start : start + DIRECTORY_BYTES] if start else b"")
    root = directory[:_ENTRY]
    class_id = int.from_bytes(root[80:84], "little") if len(root) == _ENTRY and root[66] == _ROOT else 0
    if _BY_CLASS.get(class_id) is formats.MSI:
        return formats.MSI
    for name, found in _STREAMS:
        if _has_stream(directory, name):
            return found
    return _BY_CLASS.get(class_id, formats.OLE)


def _has_stream(directory: bytes, name: bytes) -> bool:
    """Returns True if an entry of the directory has this name, which is UTF-16 and ends with a zero."""
    at = directory.find(name)
    while at >= 0:
        if at % _ENTRY == 0 and directory[at + 66 : at + 67] in _STORAGE_OR_STREAM:
            return True
        at = directory.find(name, at + 1)
    return False
