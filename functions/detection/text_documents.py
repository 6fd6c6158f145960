"""Detection of documents that are text with a shape of their own: calendars, contacts, mail, and shortcuts of a desktop."""

import re

from functions.detection import formats
from functions.detection.formats import Format

_KNOWN = re.compile(
    rb"\s*+(?:BEGIN:(?P<component>VCALENDAR|VCARD)\s"
    rb"|(?P<registry>Windows Registry Editor Version|REGEDIT4\s)"
    rb"|(?P<settings>[;#][^\n]*\n|\[)"
    rb"|(?P<mail>[A-Za-z][A-Za-z0-9-]*:[ \t]|From \S++ ))",
    re.IGNORECASE,
)
_SECTION = re.compile(
    rb"(?:[ \t]*+(?:[;#][^\n]*+|[^\n=\[;#]++=[^\n]*+|\[[^\]\n]*+\][ \t]*+)?\r?\n)*?"
    rb"[ \t]*\[(InternetShortcut|Shell|Desktop Entry)(?:\.[AW])?\]",
    re.IGNORECASE,
)
"""A section behind comments, settings and other sections. A text that names one has other lines."""
_SHELL_COMMAND = re.compile(rb"^[ \t]*(?:Command|IconFile)[ \t]*=", re.IGNORECASE | re.MULTILINE)
_BY_SECTION = {b"internetshortcut": formats.URL, b"shell": formats.SCF, b"desktop entry": formats.DESKTOP}
_BY_COMPONENT = {b"VCALENDAR": formats.ICS, b"VCARD": formats.VCF}

_HEADERS = re.compile(rb"\s*+(?:From [^\n]*\n)?(?P<fields>(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*+)+)")
_SENDER = re.compile(rb"^(?:From|Sender|Return-Path|Received):", re.IGNORECASE | re.MULTILINE)
_OTHER_FIELD = re.compile(
    rb"^(?:Date|Subject|To|Message-ID|MIME-Version|Delivered-To):", re.IGNORECASE | re.MULTILINE
)
_SAVED_PAGE = re.compile(
    rb"^(?:Snapshot-Content-Location:|From:\s*\"?<?Saved by)", re.IGNORECASE | re.MULTILINE
)
"""Fields that browsers write into a page that they save as MHTML. They open such a file as a page."""


def detect_text_document(content: bytes) -> Format | None:
    """Detects the document that `content` is, or returns None. `content` is UTF-8 without byte order mark."""
    known = _KNOWN.match(content)
    if known is None:
        return None
    if known["component"]:
        return _BY_COMPONENT[known["component"].upper()]
    if known["registry"]:
        return formats.REG
    return _detect_shortcut(content[:1024]) if known["settings"] else _detect_mail(content)


def _detect_shortcut(content: bytes) -> Format | None:
    section = _SECTION.match(content)
    if section is None:
        return None
    found = _BY_SECTION[section[1].lower()]
    return None if found is formats.SCF and not _SHELL_COMMAND.search(content) else found


def _detect_mail(content: bytes) -> Format | None:
    """Detects mail by a field for its sender and another one (RFC 5322, 3.6)."""
    headers = _HEADERS.match(content)
    fields = headers["fields"] if headers else b""
    if _SAVED_PAGE.search(fields):
        return formats.MHTML
    if not _SENDER.search(fields) or not _OTHER_FIELD.search(fields):
        return None
    return formats.MBOX if content.lstrip().startswith(b"From ") else formats.EML
