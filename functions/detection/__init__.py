"""Detection of a file's format from its first bytes and, where these say so, from one more range.

No input raises: every input has a Format. Nothing is decompressed, and nothing is parsed beyond a header.
Documents that a browser or an operating system may run (HTML, SVG, XML, scripts) are detected before the fallback to text.
A signature that other content follows is `suspicious`. Markup that is *appended* to a well-formed file is not detected,
because only the head is read; therefore downloads are attachments with a fixed content type.
"""

from dataclasses import dataclass

from functions.detection import encodings, formats, markup, media, ole, text, text_documents, zip_family
from functions.detection.formats import ANY_TEXT, Format
from functions.detection.signatures import detect_by_signature

__all__ = ["ANY_TEXT", "HEAD_BYTES", "TAIL_BYTES", "Format", "Range", "find_charset", "find_range", "sniff"]

HEAD_BYTES = 4096
"""Number of bytes to read from the start. A shorter head is treated as the whole file."""

TAIL_BYTES = 65_557
"""Number of bytes to read from the end, where a ZIP archive has its directory (APPNOTE.TXT 4.3.12, 4.3.16).

The end record is 22 bytes long and its comment at most 65,535, so a tail of this length always contains the record.
Office writes no comment; then the tail contains the directory entries of about 800 members.
"""

TEXT_BYTES = 65_536
"""Number of further bytes to read of a text whose head is ASCII, because they may show its charset."""


@dataclass(frozen=True, slots=True)
class Range:
    """A range of bytes. It may be longer than what the file has left."""

    start: int
    length: int


def find_range(head: bytes, size: int) -> Range | None:
    """Returns the range that `sniff` needs besides the head of a file of `size` bytes, or None."""
    if not head or size <= len(head):
        return None
    if head.startswith(zip_family.SIGNATURE):
        return Range(max(0, size - TAIL_BYTES), TAIL_BYTES) if zip_family.needs_tail(head) else None
    if head.startswith(ole.SIGNATURE):
        start = ole.find_directory(head)
        is_behind = len(head) < start + ole.DIRECTORY_BYTES and start < size
        return Range(start, ole.DIRECTORY_BYTES) if start and is_behind else None
    if start := media.find_behind_id3(head):
        return Range(start, HEAD_BYTES) if len(head) < start + 16 and start < size else None
    if head.isascii() and b"\0" not in head and detect_by_signature(head) is None:
        return Range(len(head), TEXT_BYTES)
    return None


def sniff(head: bytes, more: bytes = b"", size: int | None = None) -> Format:
    """Detects the format of a file that starts with `head`. `more` are the bytes of `find_range`, if it returned a range.

    Without `size`, a head shorter than HEAD_BYTES is the whole file.
    """
    if not head:
        return formats.EMPTY
    is_whole = _is_whole(head, size)
    if head.startswith(zip_family.SIGNATURE):
        return zip_family.recognise(head, head if is_whole else more)
    if head.startswith(ole.SIGNATURE):
        return ole.recognise(head, more)
    if head.startswith(b"ID3") and (detected := media.detect_id3(head, more)):
        return detected
    return detect_by_signature(head) or _detect_text(head, is_whole=is_whole)


def find_charset(head: bytes, more: bytes = b"", size: int | None = None) -> str | None:
    """Returns the charset of a text, or None if its bytes do not show it. The arguments are those of `sniff`."""
    return encodings.find_charset(head, more, is_whole=_is_whole(head, size))


def _is_whole(head: bytes, size: int | None) -> bool:
    return len(head) < HEAD_BYTES if size is None else size <= len(head)


def _detect_text(head: bytes, *, is_whole: bool) -> Format:
    content = encodings.to_utf8(head)
    if text.is_script(content):
        return formats.SCRIPT
    return (
        markup.detect_leading_markup(content)
        or _detect_displaced_pdf(head, content)
        or text_documents.detect_text_document(content)
        or text.recognise(content, is_whole=is_whole)
    )


def _detect_displaced_pdf(head: bytes, content: bytes) -> Format | None:
    # PDF readers search for the marker in the first 1,024 bytes. Whitespace before the marker is not suspicious, and a
    # text that names the marker has no objects.
    if head.find(b"%PDF-", 0, 1024) < 0:
        return None
    before, _, behind = head[:1024].partition(b"%PDF-")
    if not before.strip(b"\xef\xbb\xbf \t\r\n\f"):
        return detect_by_signature(head[len(before) :])
    is_text = encodings.is_text(content) and b" obj" not in behind
    return None if is_text else formats.SUSPICIOUS
