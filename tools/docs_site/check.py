"""Checks a built site: every link leads to a page and an anchor that exist, and nothing is loaded from another host."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.docs_site.html_page import HtmlPage

_STYLE_URL = re.compile(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)")


def check_site(folder: Path) -> Iterator[str]:
    """Yields a sentence for each fault of the HTML pages and styles in `folder`."""
    folder = folder.resolve()
    pages = {path: HtmlPage(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    if folder / "index.html" not in pages:
        yield f"{folder}: there is no index.html"
    for path, page in pages.items():
        name = path.relative_to(folder).as_posix()
        yield from (f"{name}: {fault}" for fault in _check_page(path, page, pages))
    for path in sorted(folder.rglob("*.css")):
        for url in _STYLE_URL.findall(path.read_text("utf-8")):
            yield f"{path.relative_to(folder)}: loads {url}"


def _check_page(path: Path, page: HtmlPage, pages: dict[Path, HtmlPage]) -> Iterator[str]:
    if not page.has_policy:
        yield "has no Content-Security-Policy"
    for url in page.loads:
        if _is_foreign(url):
            yield f"loads {url}"
        elif not url.startswith("data:") and not _find_target(path, url).is_file():
            yield f"loads {url}, which is not there"
    for url in page.leads_to:
        if not _is_foreign(url) and not _leads_somewhere(path, url, pages):
            yield f"leads to {url}, which is not there"


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _leads_somewhere(path: Path, url: str, pages: dict[Path, HtmlPage]) -> bool:
    target, anchor = _find_target(path, url), unquote(urlsplit(url).fragment)
    if target not in pages:
        return target.is_file() and not anchor
    return not anchor or anchor in pages[target].anchors


def _find_target(path: Path, url: str) -> Path:
    relative = unquote(urlsplit(url).path)
    return (path.parent / relative).resolve() if relative else path
