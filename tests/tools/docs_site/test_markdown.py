"""Markdown: the title, the summary and the links of a page, and its diagrams as HTML."""

import pytest

from tools.docs_site.markdown import embed_diagrams, read_summary, read_title, replace_links

PAGE = """# Events

Generated from `changes.py`.

| a | b |
| -- | -- |

**Means.** With [the bus](bus.md#name) a stack
subscribes. Nothing polls.
"""


def test_the_title_and_the_first_sentence_say_what_a_page_is_about() -> None:
    assert read_title(PAGE) == "Events"
    assert read_summary(PAGE) == "With the bus a stack subscribes."


def test_a_page_without_paragraphs_has_no_summary() -> None:
    assert read_summary("# Routes\n\n| a |\n| -- |\n") == ""


def test_a_page_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="heading"):
        read_title("Events\n")


def test_links_are_replaced_and_code_stays_as_it_is() -> None:
    page = "[a](a.md) ![b](b.png)\n\n```js\nlist[0](a.md)\n```\n\n[c](c.md#d)\n"
    assert replace_links(page, str.upper) == (
        "[a](A.MD) ![b](B.PNG)\n\n```js\nlist[0](a.md)\n```\n\n[c](C.MD#D)\n"
    )


def test_a_diagram_becomes_html_with_its_text() -> None:
    assert embed_diagrams("```mermaid\na --> b\n```\n") == '<pre class="mermaid">\na --&gt; b\n</pre>\n'
