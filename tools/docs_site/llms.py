"""llms.txt and llms-full.txt, from the navigation: an index of the pages for language models, and their whole text."""

from collections.abc import Mapping, Sequence

from tools.docs_site.markdown import read_summary, read_title
from tools.docs_site.navigation import Section
from tools.docs_site.places import find_place

_HEAD = "# Airlock\n\n> {summary}\n"
_MEASUREMENTS = {"benchmarks.md", "../CHANGELOG.md"}
"""Pages whose text llms-full.txt leaves out, because their rows tell nobody how to use Airlock."""


def render_index(sections: Sequence[Section], pages: Mapping[str, str]) -> str:
    """Returns llms.txt: for each section the links to its pages, as Markdown, with a sentence each."""
    parts = [_HEAD.format(summary=read_summary(pages["index.md"]))]
    for section in sections:
        places = [find_place(page.removeprefix("../")) for page in section.list_pages()]
        rows = "".join(f"- [{read_title(pages[each])}]({each}){_say(pages[each])}\n" for each in places)
        parts.append(f"\n## {section.title}\n\n{rows}")
    return "".join(parts)


def render_full(sections: Sequence[Section], pages: Mapping[str, str]) -> str:
    """Returns the pages one after the other, without those beneath a page and without the measurements."""
    names = [page for section in sections for page in section.pages if page not in _MEASUREMENTS]
    return "\n\n".join(
        pages[place].rstrip()
        for place in ["index.md", *(find_place(name.removeprefix("../")) for name in names)]
    )


def _say(text: str) -> str:
    summary = read_summary(text)
    return f": {summary}" if summary else ""
