"""One small file for each format that a deployment may add to its kinds, or that is named because it is active."""

import lzma
import struct

from tests.detection.file_samples import PROSE, ebml, iso_media, office, open_document, png, zipped

NOISE = bytes(range(255, -1, -1)) * 2


def ole(*names: str, class_id: bytes = bytes(16), directory_at: int = 1) -> bytes:
    """Returns an OLE file whose directory in sector `directory_at` has these streams behind the root."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHH", 0x3E, 3, 0xFFFE, 9)
    header = (header + struct.pack("<H", 6) + bytes(14) + struct.pack("<I", directory_at)).ljust(512, b"\0")
    entries = ole_entry("Root Entry", 5, class_id) + b"".join(ole_entry(name, 2) for name in names)
    return header + bytes(512 * directory_at) + entries.ljust(512, b"\0") + bytes(600)


def ole_entry(name: str, kind: int, class_id: bytes = bytes(16)) -> bytes:
    text = name.encode("utf-16-le")
    start = text.ljust(64, b"\0") + struct.pack("<HB", len(text) + 2, kind)
    return (start.ljust(80, b"\0") + class_id).ljust(128, b"\0")


def office_class(number: int) -> bytes:
    return struct.pack("<I", number) + bytes.fromhex("00000000c000000000000046")


def font(signature: bytes, *tags: bytes) -> bytes:
    start = signature + struct.pack(">HHHH", len(tags), 16, 0, 0)
    return start + b"".join(tag + struct.pack(">III", 0, 99, 9) for tag in tags) + bytes(40)


def woff(*tags: bytes) -> bytes:
    start = b"wOFF\0\1\0\0" + struct.pack(">IHH", 99, len(tags), 0) + bytes(28)
    return start + b"".join(tag + bytes(16) for tag in tags) + bytes(20)


def woff2(*entries: bytes) -> bytes:
    return (
        b"wOF2\0\1\0\0" + struct.pack(">IHH", 99, len(entries), 0) + bytes(32) + b"".join(entries) + bytes(20)
    )


def macros(folder: str, main: str, extra: str = "") -> bytes:
    return zipped({**office(folder, main), extra or f"{folder}/vbaProject.bin": b"\0" * 40})


MAIL = b"Received: from a by b;\r\n\tMon, 1 Jan 2026 00:00:00 +0000\r\nFrom: ada@example.com\r\nSubject: Cats\r\n\r\nHi.\r\n"
TABLES = (b"cmap", b"glyf", b"head", b"name")
_MS = "application/vnd.ms-"
_ODF = "application/vnd.oasis.opendocument."
MORE_SAMPLES: dict[str, tuple[str, bytes]] = {
    "icon": (
        "image/vnd.microsoft.icon",
        b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + struct.pack("<II", 99, 22) + png(),
    ),
    "Photoshop": ("image/vnd.adobe.photoshop", b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\1\0\0\0\1\0\x08\0\3"),
    "JPEG XL": ("image/jxl", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "),
    "bare JPEG XL": ("image/jxl", b"\xff\x0a\x7a\1\x88\x02" + NOISE),
    "JPEG 2000": ("image/jp2", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 "),
    "EMF": ("image/emf", b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF\0\0\1\0" + bytes(20)),
    "WMF": ("image/wmf", b"\xd7\xcd\xc6\x9a\0\0" + bytes(20)),
    "DjVu": ("image/vnd.djvu", b"AT&TFORM\0\0\1\0DJVUINFO" + bytes(20)),
    "DWG": ("image/vnd.dwg", b"AC1027\0\0\0\0" + bytes(20)),
    "Word 97": ("application/msword", ole("1Table", "WordDocument")),
    "Word 97 by its class": ("application/msword", ole("Data", class_id=office_class(0x00020906))),
    "Word 97 whose directory is behind the head": (
        "application/msword",
        ole("WordDocument", directory_at=40),
    ),
    "Excel 97": (_MS + "excel", ole("Workbook", "\x05SummaryInformation")),
    "Excel 95": (_MS + "excel", ole("Book")),
    "PowerPoint 97": (_MS + "powerpoint", ole("Current User", "PowerPoint Document")),
    "Visio 2003": ("application/vnd.visio", ole("VisioDocument")),
    "Outlook": (_MS + "outlook", ole("__nameid_version1.0", "__properties_version1.0")),
    "Publisher": ("application/x-mspublisher", ole("Contents", class_id=office_class(0x00021201))),
    "installer": ("application/x-msi", ole("WordDocument", class_id=office_class(0x000C1084))),
    "Word with a password": ("application/encrypted", ole("EncryptionInfo", "EncryptedPackage")),
    "Word with a password, behind the head": (
        "application/encrypted",
        ole("EncryptedPackage", directory_at=40),
    ),
    "OLE": ("application/x-ole-storage", ole("Anything")),
    "OLE with a damaged header": (
        "application/x-ole-storage",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
    ),
    "Word with macros": (_MS + "word.document.macroenabled.12", macros("word", "document.xml")),
    "Excel with macros": (_MS + "excel.sheet.macroenabled.12", macros("xl", "workbook.xml")),
    "Excel with old macros": (
        _MS + "excel.sheet.macroenabled.12",
        macros("xl", "workbook.xml", "xl/macrosheets/sheet1.xml"),
    ),
    "binary Excel": (_MS + "excel.sheet.binary.macroenabled.12", zipped(office("xl", "workbook.bin"))),
    "PowerPoint with macros": (
        _MS + "powerpoint.presentation.macroenabled.12",
        macros("ppt", "presentation.xml"),
    ),
    "Visio": (_MS + "visio.drawing", zipped(office("visio", "document.xml"))),
    "XPS": (_MS + "xpsdocument", zipped({"FixedDocSeq.fdseq": b"x", "_rels/.rels": b"x"})),
    "OpenXPS": (
        _MS + "xpsdocument",
        zipped({"[Content_Types].xml": b"x", "FixedDocumentSequence.fdseq": b"x"}),
    ),
    **{
        f"OpenDocument {name}": (_ODF + name, open_document(_ODF + name))
        for name in ("graphics", "text-template", "spreadsheet-template", "presentation-template")
    },
    "Pages": ("application/vnd.apple.pages", zipped({"Index/Document.iwa": b"x", "preview.jpg": b"x"})),
    "OneNote": ("application/onenote", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(40)),
    "Kindle": ("application/x-mobipocket-ebook", b"Cats".ljust(60, b"\0") + b"BOOKMOBI" + bytes(40)),
    "calendar": ("text/calendar", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"),
    "contact": ("text/vcard", b"\xef\xbb\xbfbegin:vcard\nversion:3.0\nFN:Ada\nend:vcard\n"),
    "mail": ("message/rfc822", MAIL),
    "mailbox": (
        "application/mbox",
        b"From ada@example.com Mon Jan  1 00:00:00 2026\n" + MAIL.replace(b"\r", b""),
    ),
    "saved page": (
        "multipart/related",
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/\r\nSubject: Cats\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n',
    ),
    "3GP": ("video/3gpp", iso_media(b"3gp4", b"3gp4", b"isom")),
    "3G2": ("video/3gpp2", iso_media(b"3g2a", b"3g2a")),
    "MPEG 2 program": ("video/mpeg", b"\0\0\1\xba\x44\0\4\0\4\1\0\0\3\xf8" + NOISE),
    "MPEG 1 program": ("video/mpeg", b"\0\0\1\xba\x21\0\1\0\1\x80\0\1" + NOISE),
    "MPEG video": ("video/mpeg", b"\0\0\1\xb3\x16\0\xf0\x15" + NOISE),
    "transport stream": ("video/mp2t", (b"G@\0\x10" + bytes(184)) * 12),
    "transport stream of a camera": ("video/mp2t", (b"\0\1\2\3G@\0\x10" + bytes(184)) * 12),
    "Flash video": ("video/x-flv", b"FLV\1\5\0\0\0\x09\0\0\0\0" + NOISE),
    "Windows Media": ("video/x-ms-wmv", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40)),
    "AMR": ("audio/amr", b"#!AMR\n\x3c" + NOISE),
    "AMR wideband": ("audio/amr", b"#!AMR-WB\n\x3c" + NOISE),
    "AIFF": ("audio/aiff", b"FORM\0\0\1\0AIFFCOMM" + bytes(20)),
    "AU": ("audio/basic", b".snd\0\0\0\x18" + bytes(20)),
    "MIDI": ("audio/midi", b"MThd\0\0\0\6\0\1\0\2\0\x60MTrk" + bytes(20)),
    "CAF": ("audio/x-caf", b"caff\0\1\0\0desc" + bytes(20)),
    "Matroska sound": ("video/x-matroska", ebml(b"matroska") + b"\x86\x86A_FLAC"),
    "TrueType": ("font/ttf", font(b"\0\1\0\0", *TABLES)),
    "TrueType of Apple": ("font/ttf", font(b"true", *TABLES)),
    "OpenType": ("font/otf", font(b"OTTO", b"CFF ", *TABLES)),
    "collection": ("font/collection", b"ttcf\0\1\0\0\0\0\0\2" + bytes(20)),
    "WOFF": ("font/woff", woff(*TABLES)),
    "WOFF2": ("font/woff2", woff2(b"\x00\x20", b"\x01\x36", b"\x0a\x81\x00\x90\x00", b"\x05\x09")),
    "EOT": (
        "application/vnd.ms-fontobject",
        struct.pack("<IIIH", 99, 66, 0x20001, 0).ljust(34, b"\0") + b"LP" + bytes(40),
    ),
    "TrueType with SVG": ("font/x-svg-opentype", font(b"\0\1\0\0", b"SVG ", *TABLES)),
    "OpenType with SVG": ("font/x-svg-opentype", font(b"OTTO", b"CFF ", b"SVG ", *TABLES)),
    "WOFF with SVG": ("font/x-svg-opentype", woff(b"CFF ", b"SVG ", *TABLES)),
    "WOFF2 with SVG": (
        "font/x-svg-opentype",
        woff2(b"\x0a\x81\x00\x90\x00", b"\x0b\x10\x00", b"\x05\x81\x09", b"\x24\x09"),
    ),
    "WOFF2 with SVG as another tag": ("font/x-svg-opentype", woff2(b"\x3fabcd\x09", b"\x3fSVG \x09")),
    "LZ4": ("application/x-lz4", b"\x04\x22\x4d\x18\x64\x40" + NOISE),
    "LZIP": ("application/x-lzip", b"LZIP\1\x0c" + NOISE),
    "LZMA": ("application/x-lzma", lzma.compress(PROSE, lzma.FORMAT_ALONE)),
    "compress": ("application/x-compress", b"\x1f\x9d\x90" + NOISE),
    "CAB": ("application/vnd.ms-cab-compressed", b"MSCF\0\0\0\0" + bytes(40)),
    "AR": (
        "application/x-archive",
        b"!<arch>\ncats.o/         0           0     0     644     4         `\n1234",
    ),
    "Avro": ("application/vnd.apache.avro", b"Obj\1\4\x16avro.schema" + bytes(20)),
    "Arrow": ("application/vnd.apache.arrow.file", b"ARROW1\0\0\xff\xff\xff\xff" + bytes(20)),
    "ORC": ("application/vnd.apache.orc", b"ORC\x08\3\x10\5" + bytes(20)),
    "HDF5": ("application/x-hdf5", b"\x89HDF\r\n\x1a\n\0\0\0\0" + bytes(20)),
    "NumPy": ("application/x-npy", b"\x93NUMPY\1\0v\0{'descr': '<f8'}"),
    "DICOM": ("application/dicom", bytes(128) + b"DICM\2\0\0\0UL" + bytes(20)),
    "FITS": ("application/fits", b"SIMPLE  =                    T / standard".ljust(80)),
    "Access": (_MS + "access", b"\0\1\0\0Standard ACE DB\0" + bytes(40)),
    "Access 97": (_MS + "access", b"\0\1\0\0Standard Jet DB\0" + bytes(40)),
    "packet capture": ("application/vnd.tcpdump.pcap", b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(20)),
    "property list": ("application/x-bplist", b"bplist00\xd1\1\2" + bytes(20)),
    "KMZ": ("application/vnd.google-earth.kmz", zipped({"doc.kml": b"<kml/>"})),
    "3MF": ("model/3mf", zipped({"[Content_Types].xml": b"x", "3D/3dmodel.model": b"x"})),
    "glTF": ("model/gltf-binary", b"glTF\2\0\0\0" + bytes(40)),
    "Android app": (
        "application/vnd.android.package-archive",
        zipped({"AndroidManifest.xml": b"x", "classes.dex": b"x", "META-INF/MANIFEST.MF": b"x"}),
    ),
    "Windows app": ("application/msix", zipped({"AppxManifest.xml": b"x", "[Content_Types].xml": b"x"})),
    "Android program": ("application/x-dex", b"dex\n035\0" + bytes(40)),
    "Debian package": (
        "application/vnd.debian.binary-package",
        b"!<arch>\ndebian-binary   0  0  0  4  `\n2.0\n",
    ),
    "RPM": ("application/x-rpm", b"\xed\xab\xee\xdb\3\0" + bytes(40)),
    "macOS installer": ("application/x-xar", b"xar!\0\x1c\0\1" + bytes(40)),
    "browser extension": ("application/x-chrome-extension", b"Cr24\3\0\0\0" + bytes(40)),
    "Flash": ("application/x-shockwave-flash", b"CWS\x09\x10\x20\0\0" + NOISE),
    "Windows help": ("application/vnd.ms-htmlhelp", b"ITSF\3\0\0\0\x60\0\0\0" + bytes(40)),
    "shortcut": (
        "application/x-ms-shortcut",
        b"\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(40),
    ),
    "internet shortcut": ("application/x-mswinurl", b"[InternetShortcut]\r\nURL=file://evil/a.exe\r\n"),
    "internet shortcut behind others": (
        "application/x-mswinurl",
        "; a comment\n[{000214A0-0000-0000-C000-000000000046}]\nProp3=19,2\n[InternetShortcut]\nURL=x\n".encode(
            "utf-16"
        ),
    ),
    "shell command": ("application/x-ms-scf", b"[Shell]\r\nCommand=2\r\nIconFile=\\\\evil\\x.ico\r\n"),
    "desktop shortcut": (
        "application/x-desktop",
        b"# Cats\n".replace(b"# Cats\n", b"") + b"[Desktop Entry]\nExec=sh -c id\n",
    ),
    "registry": (
        "text/x-ms-regedit",
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_X]\r\n".encode("utf-16"),
    ),
    "registry of Windows 98": ("text/x-ms-regedit", b"REGEDIT4\r\n\r\n[HKEY_X]\r\n"),
    "HTML application": ("application/hta", b"<html><hta:application id=x><script>x</script></html>"),
    "WebM sound": ("audio/webm", ebml(b"webm") + b"\x86\x86A_OPUS"),
}
