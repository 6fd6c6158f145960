"""The documents: every link from one page to another, or to a heading or a file, has a target."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tools/*/README.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read_anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page: lower case, without punctuation, hyphens for spaces."""
    text = CODE_BLOCK.sub("", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def find_broken_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(CODE_BLOCK.sub("", page.read_text("utf-8"))):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in read_anchors(target))):
            yield f"{page.relative_to(ROOT)}: {link}"


def test_every_link_between_the_documents_has_a_target() -> None:
    assert len(PAGES) > 20
    assert [broken for page in PAGES for broken in find_broken_links(page)] == []
