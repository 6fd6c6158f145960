"""The pages of the site as Markdown: those of docs/, those that they lead to, and the generated ones."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.docs_site.markdown import replace_links
from tools.docs_site.places import find_place, is_asset, is_local, resolve_link
from tools.docs_site.repository import render_file


@dataclass
class PageCollector:
    """Reads pages and follows their links within the repository.

    `pages` has the Markdown of each page by its path in the site, with links that are right there. `assets` are paths in
    the repository of the images that pages show.
    """

    root: Path
    pages: dict[str, str] = field(default_factory=dict)
    assets: set[str] = field(default_factory=set)

    def add_file(self, path: str) -> None:
        """Adds a file of the repository and all that it leads to. Raises FileNotFoundError for a link without target."""
        if is_asset(path):
            self.assets.add(path)
        elif find_place(path) not in self.pages:
            self.add_page(path, self._read(path))

    def add_page(self, path: str, text: str) -> None:
        """Adds a page with this text, as if the repository had it at `path`."""
        place = find_place(path)
        self.pages[place] = ""  # pages lead to each other
        self.pages[place] = replace_links(text, lambda link: self._follow(path, link))

    def _read(self, path: str) -> str:
        is_page = path.endswith(".md")
        return (self.root / path).read_text("utf-8") if is_page else render_file(self.root, path)

    def _follow(self, page: str, link: str) -> str:
        if not is_local(link):
            return link
        target = resolve_link(page, link, self.root)
        self.add_file(target)
        place = posixpath.relpath(find_place(target), posixpath.dirname(find_place(page)) or ".")
        return f"{place}{link[link.index('#') :] if '#' in link else ''}"


def collect_pages(root: Path, generated: Mapping[str, str]) -> PageCollector:
    """Returns the pages of docs/ and of the root, the `generated` ones by their path in the site, and what any leads to."""
    collector = PageCollector(root, dict(generated))
    for path in [*sorted(root.glob("docs/**/*.md")), *list_root_pages(root)]:
        collector.add_file(path.relative_to(root).as_posix())
    return collector


def list_root_pages(root: Path) -> list[Path]:
    """Returns the pages beside docs/ that are part of the site. Its home page has what the README says."""
    return [path for path in sorted(root.glob("*.md")) if path.name != "README.md"]
