"""Detection of documents of HTML, SVG and XML, behind any prolog and comments, and of text that starts with a tag.

Only a document is active: it has a doctype, a prolog, the root of HTML or SVG, or a part that only a page has at its start.
All other markup is text, as in a README with a centred logo. Text is served as text or saved, so its tags are harmless.
"""

import re

from functions.detection import formats
from functions.detection.formats import Format

ACTIVE = re.compile(
    rb"<(?:!doctype\s+html|html|body|script|iframe|(?:[\w.-]+:)?svg|\?php)(?=[\s/>])",
    re.IGNORECASE,
)
"""Tags that occur only in HTML, SVG and PHP. XMP metadata contains none of them (`<x:xmpmeta`, `<rdf:RDF`)."""

_HANDLER = re.compile(rb"<[a-z]+[\s/][^<>]{0,256}?\bon[a-z]+\s*=", re.IGNORECASE)
_PROLOG = re.compile(
    rb"(?:\s++"
    rb"|<!--.*?-->"
    rb"|<\?.*?\?>"
    rb"|<!doctype\s+(?P<declared>[\w:.-]++)[^\[>]*+(?:\[.*?\]\s*)?>"
    rb")*+",
    re.IGNORECASE | re.DOTALL,
)
_ROOT = re.compile(rb"<(?:!doctype\s+)?(?:[\w.-]+:)?([a-z_][\w.-]*)(?=[\s/>\[]|\Z)", re.IGNORECASE)
_APPLICATION = re.compile(rb"<hta:application[\s/>]", re.IGNORECASE)
_PAGE_PARTS = frozenset(b"head body title base frameset".split())
"""Elements that start a page whose author left out the doctype and the root. They may be the root of XML too."""


def detect_leading_markup(content: bytes) -> Format | None:
    """Detects the markup that `content` starts with, or returns None. `content` is UTF-8 without byte order mark."""
    start = content.lstrip()[:4]
    if not start.startswith(b"<"):
        return None
    prolog = _PROLOG.match(content)
    end, declared = (prolog.end(), prolog["declared"] or b"") if prolog else (0, b"")
    root = _ROOT.match(content, end)
    names = {declared.lower().rpartition(b":")[2], root[1].lower() if root else b""}
    if b"html" in names:
        return formats.HTA if _APPLICATION.search(content) else formats.HTML
    if b"svg" in names:
        return formats.SVG
    if start.startswith(b"<?") or declared:
        return formats.XML
    if content.startswith(b"<!--", end):
        return formats.HTML  # the head ends within a comment, and hides what follows
    if not names.isdisjoint(_PAGE_PARTS):
        return formats.HTML_PART
    return formats.MARKUP if root else None


def has_active_content(content: bytes) -> bool:
    """Returns True if `content` contains a page, a script or an event handler (`<img onerror=`)."""
    return bool(ACTIVE.search(content) or _HANDLER.search(content))
