"""The navigation of the site, from docs/navigation.toml: sections of pages, of which some have pages beneath them."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


class NavigationError(Exception):
    """A page is in no section or in several, or a section names a page that is not there."""


@dataclass(frozen=True)
class Section:
    """`pages` and `children` have paths relative to docs/, such as `runbooks/events-late.md` or `../SECURITY.md`."""

    title: str
    pages: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]]

    def list_pages(self) -> Iterator[str]:
        """Yields each page, followed by the pages beneath it."""
        for page in self.pages:
            yield page
            yield from self.children.get(page, ())


def parse_navigation(source: str, available: Collection[str]) -> tuple[Section, ...]:
    """Returns the sections of a TOML document with its patterns replaced by the `available` pages.

    Raises NavigationError unless every page is in exactly one section.
    """
    sections = tuple(_parse_section(row, available) for row in tomllib.loads(source)["section"])
    counts = Counter(page for section in sections for page in section.list_pages())
    _refuse("in no section", (page for page in available if page not in counts))
    _refuse("in several sections", (page for page, count in counts.items() if count > 1))
    return sections


def _parse_section(row: Mapping[str, Any], available: Collection[str]) -> Section:
    children = {page: _expand(paths, available) for page, paths in row.get("children", {}).items()}
    return Section(row["title"], _expand(row["pages"], available), children)


def _expand(patterns: Iterable[str], available: Collection[str]) -> tuple[str, ...]:
    found = {pattern: [page for page in available if fnmatchcase(page, pattern)] for pattern in patterns}
    _refuse("not there", (pattern for pattern, pages in found.items() if not pages))
    return tuple(page for pages in found.values() for page in sorted(pages, key=_sort_key))


def _sort_key(page: str) -> tuple[int, str]:
    """The pages of decisions begin with their number."""
    number = re.match(r"\d+", page.rpartition("/")[2])
    return (int(number[0]) if number else 0, page)


def _refuse(fault: str, pages: Iterable[str]) -> None:
    if found := sorted(pages):
        raise NavigationError(f"docs/navigation.toml: {fault}: {', '.join(found)}")
