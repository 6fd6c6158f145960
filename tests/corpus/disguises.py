"""Files of two formats, or of another format than declared; made from the files of the corpus."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.corpus import File, corpus

SCRIPT = b"<script>alert(document.domain)</script>"
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
PAGES = {
    "a page": PAGE,
    "a page in capitals behind blanks": b"\r\n \t" + PAGE.upper(),
    "a page behind a mark": b"\xef\xbb\xbf" + PAGE,
    "a page in UTF-16, little end first": PAGE.decode().encode("utf-16"),
    "a page in UTF-16, big end first": b"\xfe\xff" + PAGE.decode().encode("utf-16-be"),
    "a page in UTF-16 without a mark": PAGE.decode().encode("utf-16-le"),
    "a page behind a comment": b"<!-- harmless -->" + PAGE,
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a drawing behind a declaration": b"<?xml version='1.0'?><!DOCTYPE svg><svg onload='alert(1)'/>",
    "XML": b"<?xml version='1.0'?><a/>",
    "XML in UTF-16": "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"),
    "a shell script": b"#!/bin/sh\nid\n",
    "PHP": b"<?php system($_GET['c']); ?>",
}
"""Content that a browser or a server may execute."""

PICTURES = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/tiff",
    "image/heic",
)


def one_of_each() -> dict[str, File]:
    """Returns the largest file of each type."""
    return {file.content_type: file for file in sorted(corpus(), key=lambda file: len(file.data))}


def disguises() -> Iterator[tuple[str, bytes, str]]:
    """Yields (description, bytes, declared type) of files that must be rejected."""
    each = one_of_each()
    for declared in each:
        for what, page in PAGES.items():
            if (what.startswith("XML"), declared) != (True, "application/xml"):
                yield what, page, declared
        for actual, other in each.items():
            if not _may_pass(actual, declared):
                yield actual, other.data, declared
    for picture in PICTURES:
        data = each[picture].data
        # In the place of what follows the header, where the head still shows it.
        yield f"{picture} with a page in it", data[:200] + PAGE + data[200:], picture
        yield f"signature of {picture}, then a page", data[:8] + PAGE, picture
        yield f"signature of {picture}, then noise", data[:6] + b"noise" * 99, picture
    pdf = each["application/pdf"].data
    for junk in (b"junk", b"x" * 1000, bytes(1000), b"GIF89a", PAGE):
        yield f"PDF behind {junk[:8]!r}", junk + pdf, "application/pdf"
    yield "PDF and page", pdf[:9] + PAGE + pdf[9:], "application/pdf"


FAMILIES = (
    frozenset({"video/mp4", "video/quicktime", "audio/mp4"}),
    frozenset({"video/webm", "video/x-matroska", "audio/webm"}),
    frozenset({"text/plain", "text/markdown", "text/csv", "text/tab-separated-values", "application/json"}),
    frozenset({"application/x-ndjson", "application/json"}),
)


def _may_pass(actual: str, declared: str) -> bool:
    """One family holds what the same bytes may be meant as; JSON declared is JSON, though JSON is also text."""
    if actual == declared:
        return True
    return any({actual, declared} <= family for family in FAMILIES) or (
        actual == "application/x-ndjson" and declared.startswith("text/")
    )


def with_a_zip_behind(data: bytes) -> bytes:
    """ZIP is read from its end, so any file may carry one."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("evil.exe", b"MZ\x90\0" + bytes(200))
    return data + buffer.getvalue()
