"""Detection of a file's format from its first bytes and, for some ZIP archives, its last bytes.

No input raises: every input has a Format. Nothing is decompressed, and nothing is parsed beyond a header.
Formats that a browser or a shell may run (HTML, SVG, XML, scripts) are detected before the fallback to text. A
signature that other content follows is `suspicious`. Markup that is *appended* to a well-formed file is not detected,
because only the head is read; therefore downloads are attachments with a fixed content type.
"""

from functions.detection import formats, markup, text, zip_family
from functions.detection.formats import Format
from functions.detection.signatures import detect_by_signature

__all__ = ["HEAD_BYTES", "TAIL_BYTES", "Format", "needs_tail", "sniff"]

HEAD_BYTES = 4096
"""Number of bytes to read from the start. A shorter head is treated as the whole file."""

TAIL_BYTES = 65_557
"""Number of bytes to read from the end, where a ZIP archive has its directory (APPNOTE.TXT 4.3.12, 4.3.16).

The end record is 22 bytes long and its comment at most 65,535, so a tail of this length always contains the record.
Office writes no comment; then the tail contains the directory entries of about 800 members.
"""


def needs_tail(head: bytes) -> bool:
    """Returns True for the head of a ZIP archive whose kind only the directory at its end shows."""
    if len(head) < HEAD_BYTES or not head.startswith(zip_family.SIGNATURE):
        return False
    return zip_family.recognise(head) is formats.ZIP


def sniff(head: bytes, tail: bytes = b"") -> Format:
    """Detects the format of a file that starts with `head` and, if `needs_tail(head)`, ends with `tail`."""
    if not head:
        return formats.EMPTY
    if head.startswith(zip_family.SIGNATURE):
        return zip_family.recognise(head, tail if len(head) >= HEAD_BYTES else head)
    return detect_by_signature(head) or _detect_text(head)


def _detect_text(head: bytes) -> Format:
    content = text.to_utf8(head)
    if text.is_script(content):
        return formats.SCRIPT
    return (
        markup.detect_leading_markup(content)
        or _detect_displaced_pdf(head)
        or text.recognise(content, is_whole=len(head) < HEAD_BYTES)
    )


def _detect_displaced_pdf(head: bytes) -> Format | None:
    # PDF readers search for the marker in the first 1,024 bytes. Whitespace before the marker is not suspicious.
    before, marker, _ = head[:1024].partition(b"%PDF-")
    if not marker:
        return None
    if before.strip(b"\xef\xbb\xbf \t\r\n\f"):
        return formats.SUSPICIOUS
    return detect_by_signature(head[len(before) :])
