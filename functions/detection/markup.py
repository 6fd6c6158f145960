"""Detection of HTML, SVG and XML in content that starts with a tag, behind any prolog and comments."""

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
    rb"|<!doctype\s+(?P<declared>[\w:.-]+)[^\[>]*+(?:\[.*?\]\s*)?>"
    rb")*+",
    re.IGNORECASE | re.DOTALL,
)
_ROOT = re.compile(rb"<(?:!doctype\s+)?(?:[\w.-]+:)?([a-z_][\w.-]*)(?=[\s/>\[]|\Z)", re.IGNORECASE)
_XML_SIGNS = (b"</", b"/>", b"xmlns")
_HTML_ROOTS = frozenset(
    b"html head body title base link meta style script noscript template iframe frameset object embed applet"
    b" h1 h2 h3 h4 h5 h6 p div span a b i u s br hr pre code em strong small font center marquee img picture"
    b" video audio source canvas map table thead tbody tr td th ul ol li dl form input button select textarea"
    b" details summary dialog section article header footer main nav aside figure blockquote math".split()
)


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
        return formats.HTML
    if b"svg" in names:
        return formats.SVG
    if start.startswith(b"<?") or declared:
        return formats.XML
    return _detect_without_prolog(content, root, start, end)


def _detect_without_prolog(
    content: bytes, root: re.Match[bytes] | None, start: bytes, end: int
) -> Format | None:
    if root and root[1].lower() in _HTML_ROOTS:
        return formats.HTML
    if root and any(sign in content for sign in _XML_SIGNS):
        return formats.XML
    if not start.startswith(b"<!--"):
        return None
    # Markdown often starts with a comment, and is text if text follows. A browser that sniffs treats any leading
    # comment as HTML, so the head of such a text must contain nothing that a browser could run.
    is_text = content[end : end + 1] not in (b"", b"<") and not has_active_content(content)
    return None if is_text else formats.HTML


def has_active_content(content: bytes) -> bool:
    """Returns True if `content` contains a page, a script or an event handler (`<img onerror=`)."""
    return bool(ACTIVE.search(content) or _HANDLER.search(content))
