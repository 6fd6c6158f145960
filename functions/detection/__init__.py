"""Which format a file really is, told from its first bytes and, for a few ZIP archives, its last ones.

Nothing is decompressed or parsed further than a header, and no input raises: the answer is always a Format.
What a browser or a shell may run (HTML, SVG, XML, scripts) is named before anything falls back to text, and a
signature with something else behind it is `suspicious`. Markup *appended* to a well-formed file cannot be
seen from here; that is why downloads are attachments with a fixed content type.
"""

from functions.detection import formats, markup, text, zip_family
from functions.detection.formats import Format
from functions.detection.signatures import by_signature

__all__ = ["HEAD_BYTES", "TAIL_BYTES", "Format", "sniff", "wants_tail"]

HEAD_BYTES = 4096
"""Bytes to read from the start. A shorter head is taken for the whole file."""

TAIL_BYTES = 65_557
"""Bytes to read from the end, where a ZIP archive keeps its directory (APPNOTE.TXT 4.3.12, 4.3.16).

The end record is 22 bytes and its comment at most 65,535, so a tail this long always holds that record.
Office writes no comment: then the same bytes are directory, and tell some 800 members.
"""


def wants_tail(head: bytes) -> bool:
    """Whether the head is of a ZIP archive and does not tell which kind."""
    if len(head) < HEAD_BYTES or not head.startswith(zip_family.SIGNATURE):
        return False
    return zip_family.recognise(head) is formats.ZIP


def sniff(head: bytes, tail: bytes = b"") -> Format:
    """The format of a file that starts with `head` and, where `wants_tail` asked for it, ends with `tail`."""
    if not head:
        return formats.EMPTY
    if head.startswith(zip_family.SIGNATURE):
        return zip_family.recognise(head, tail if len(head) >= HEAD_BYTES else head)
    return by_signature(head) or _readable(head)


def _readable(head: bytes) -> Format:
    content = text.plain(head)
    if text.is_script(content):
        return formats.SCRIPT
    return (
        markup.leading(content) or _pdf_within(head) or text.recognise(content, whole=len(head) < HEAD_BYTES)
    )


def _pdf_within(head: bytes) -> Format | None:
    # Readers of PDF look for the marker in the first 1,024 bytes; a blank before it is no disguise.
    before, marker, _ = head[:1024].partition(b"%PDF-")
    if not marker:
        return None
    return formats.SUSPICIOUS if before.strip(b"\xef\xbb\xbf \t\r\n\f") else by_signature(head[len(before) :])
