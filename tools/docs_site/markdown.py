"""Reads and changes Markdown: the title of a page, its first sentence, its links, and its diagrams."""

import re
from collections.abc import Callable
from html import escape

_CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
_LINK_TEXT = re.compile(r"!?\[([^]]*)\]\([^)]*\)")
_TITLE = re.compile(r"\A# (.+)$", re.MULTILINE)
_NO_SUMMARY = re.compile(r"[#|>\-\d<]|Generated from|$")
"""Begins a paragraph that is none, such as a table, and the one that says where a page comes from."""
_LABEL = re.compile(r"\*\*[^*]+\*\* ")
_SENTENCE = re.compile(r".*?\.(?=\s|$)")


def read_title(text: str) -> str:
    """Returns the heading in the first line. Raises ValueError if there is none."""
    if (found := _TITLE.search(text)) is None:
        raise ValueError("A page begins with a heading of the first level.")
    return found[1]


def read_summary(text: str) -> str:
    """Returns the first sentence of the first paragraph as plain text, or nothing for a page without paragraphs."""
    paragraphs = _CODE_BLOCK.sub("", text).split("\n\n")
    found = next((each for each in paragraphs if not _NO_SUMMARY.match(each.lstrip())), "")
    plain = _LABEL.sub("", _LINK_TEXT.sub(r"\1", " ".join(found.split())))
    sentence = _SENTENCE.match(plain)
    return (sentence[0] if sentence else plain).rstrip(":")


def replace_links(text: str, replace: Callable[[str], str]) -> str:
    """Returns the page with each target of a link replaced. Blocks of code stay as they are."""
    parts, end = [], 0
    for block in _CODE_BLOCK.finditer(text):
        parts += [_LINK.sub(lambda link: replace(link[0]), text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, _LINK.sub(lambda link: replace(link[0]), text[end:])])


def embed_diagrams(text: str) -> str:
    """Returns the page with each block of Mermaid as HTML, in which the script of the site finds it."""
    return _DIAGRAM.sub(lambda block: f'<pre class="mermaid">\n{escape(block[1])}</pre>', text)
