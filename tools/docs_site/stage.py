"""Writes what Sphinx builds the site from, and what the site has besides its HTML."""

import json
import posixpath
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tools.docs_site.llms import render_full, render_index
from tools.docs_site.markdown import embed_diagrams
from tools.docs_site.navigation import Section, parse_navigation
from tools.docs_site.pages import PageCollector, collect_pages, list_root_pages
from tools.docs_site.reference import render_reference

_ORPHAN = "---\norphan: true\n---\n\n"
"""Sphinx warns of any other page that no list names."""


def stage_site(root: Path, folder: Path, pictures: Path | None = None) -> None:
    """Writes `folder`/pages for Sphinx, and `folder`/extra with llms.txt and the Markdown of each page.

    `pictures` is the folder that `make screenshots` writes, which needs a browser; the site has them if it exists. Raises NavigationError, or FileNotFoundError for a link without target.
    """
    description = json.loads((root / "functions/http/openapi.json").read_text("utf-8"))
    collector = collect_pages(root, render_reference(description))
    sections = read_sections(root, collector.pages)
    shutil.rmtree(folder, ignore_errors=True)
    _write_pages(folder, collector.pages, sections, has_pictures=_copy_pictures(pictures, folder))
    _write(folder / "extra/llms.txt", render_index(sections, collector.pages))
    _write(folder / "extra/llms-full.txt", render_full(sections, collector.pages))
    _copy_assets(collector, folder / "pages")


def _copy_pictures(pictures: Path | None, folder: Path) -> bool:
    """Returns True if there are any."""
    if pictures is None or not pictures.exists():
        return False
    shutil.copytree(pictures, folder / "pages/screenshots")
    return True


def _write_pages(
    folder: Path, pages: Mapping[str, str], sections: Sequence[Section], *, has_pictures: bool
) -> None:
    listed = {_place(page) for section in sections for page in section.list_pages()} | {"index.md"}
    shown = _render_list(("screenshots/index.md",), "The example page") if has_pictures else ""
    lists = _list_children(sections) | {"index.md": _list_sections(sections) + shown}
    for place, text in pages.items():
        head = "" if place in listed else _ORPHAN
        _write(folder / "extra" / place, text)
        _write(folder / "pages" / place, head + embed_diagrams(text) + lists.get(place, ""))


def read_sections(root: Path, pages: Iterable[str]) -> tuple[Section, ...]:
    """Returns the sections of docs/navigation.toml. `pages` are paths in the site. Raises NavigationError."""
    is_page = {page.relative_to(root / "docs").as_posix() for page in root.glob("docs/**/*.md")}
    outside = {f"../{page.name}" for page in list_root_pages(root)}
    generated = {page for page in pages if page.startswith("reference/")}
    available = (is_page | outside | generated) - {"index.md"}
    return parse_navigation((root / "docs/navigation.toml").read_text("utf-8"), available)


def _place(page: str) -> str:
    return page.removeprefix("../")


def _list_sections(sections: Sequence[Section]) -> str:
    return "".join(_render_list(section.pages, section.title) for section in sections)


def _list_children(sections: Sequence[Section]) -> dict[str, str]:
    found = [item for section in sections for item in section.children.items()]
    return {page: _render_list(tuple(_relative(page, each) for each in below)) for page, below in found}


def _relative(page: str, target: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def _render_list(pages: tuple[str, ...], caption: str = "") -> str:
    rows = "\n".join(_place(page) for page in pages)
    options = f":hidden:\n:caption: {caption}" if caption else ":hidden:"
    return f"\n\n```{{toctree}}\n{options}\n\n{rows}\n```\n"


def _copy_assets(collector: PageCollector, folder: Path) -> None:
    for path in collector.assets:
        target = folder / path.removeprefix("docs/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(collector.root / path, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
