"""HTML, SVG and XML in every spelling and encoding, and text that only starts like markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, sniff


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<!DOCTYPE html><p>hi", "html"),
        ("<!doctype HTML", "html"),
        ("<HTML>", "html"),
        ("<BODY onload=alert(1)>", "html"),
        ("<title>Cats</title><p>hi", "html"),
        ("<html><head><HTA:APPLICATION id=x></head>", "hta"),
        ("<!-- a comment --><html>", "html"),
        ("<!-- a comment without an end", "html"),
        ("<!-- one --> <!-- two -->\n<!DOCTYPE html>", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html xmlns="x">', "html"),
        ('<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"/>', "html"),
        ("<svg/onload=alert(1)>", "svg"),
        ("<SVG xmlns='x'>", "svg"),
        ('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<svg xmlns="x">', "svg"),
        ('<?xml version="1.0"?><!-- Generator: x --><svg>', "svg"),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg>', "svg"),
        ('<!DOCTYPE svg [ <!ENTITY a "&#60;"> ]><svg>', "svg"),
        ("<!DOCTYPE x [ <!ENTITY a '>'> ]>\n<svg:svg xmlns:svg='x'>", "svg"),
        ("<!-- Generator:\nx -->\n<svg>", "svg"),
        ('<?xml version="1.0"?><?xml-stylesheet href="x.css"?><svg>', "svg"),
        ('<?xml version="1.0"?><note/>', "xml"),
        ("<?xml-stylesheet href='x.xsl'?><note>", "xml"),
        ("<!DOCTYPE note><note>hi", "xml"),
        ("<!DOCTYPE note SYSTEM 'note.dtd'><note>hi</note>", "xml"),
        ("<?xml version='1.0'?><!-- a comment without an end", "xml"),
    ],
)
def test_markup_is_detected_in_any_encoding_and_behind_whitespace(markup: str, name: str) -> None:
    for text in (markup, " \r\n\t\f" + markup):
        assert sniff(text.encode()).name == name
        assert sniff(text.encode("utf-8-sig")).name == name
        assert sniff(b"\xff\xfe" + text.encode("utf-16-le")).name == name
        assert sniff(b"\xfe\xff" + text.encode("utf-16-be")).name == name
    assert sniff(markup.encode("utf-16-le")).name == name
    assert sniff(markup.encode("utf-16-be")).name == name
    assert sniff(markup.encode()).active


@pytest.mark.parametrize(
    "content",
    [
        "<p align=center>\n\n# Cats\n",
        "<h1>Hello</h1>",
        "<details>\n<summary>More</summary>\n\n- one\n\n</details>\n",
        '<img src="logo.svg">\n\n# Cats\n',
        "<!-- toc -->\n<p align=center>Cats</p>",
        "<note><to>Bo</to></note>",
        "<rss version='2.0'/>",
        "<table><row/></table>",
        "<section id='1'/>",
        "<map><entry/></map>",
        "<object/>",
        # What an attacker would try. It is text, and served as text or saved.
        "<ScRiPt>alert(1)</sCrIpT>",
        "<script/src=//x>",
        "<iframe\nsrc=x>",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_markup_that_is_no_document_may_be_text_or_xml(content: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = sniff(content.encode(encoding))
        assert (found.name, found.content_type, found.active) == ("markup", "text/plain", False)
        assert {"application/xml", "text/*"} <= set(found.also)


@pytest.mark.parametrize(
    "content",
    [
        "<!-- toc -->\n# Cats\n\nSome text.\n",
        "<!-- one -->\n<!-- two -->\n\n- a list with <b>bold</b> text\n",
        "<!-- toc -->\n# Cats\n<script>alert(1)</script>",
        "<!-- " + "x" * 1100 + " -->\ntext, then <ScRiPt>alert(1)</script>",
        "<!-- toc -->\n<3 cats",
        "<!-- toc -->",
        "# Cats\n\n```vue\n<script setup>\n</script>\n```\n",
        'id;html\n1;"<p>Hi</p><iframe src=""x""></iframe>"\n',
        '10.0.0.1 - - [1/Jan/2026] "GET /?q=<script>alert(1)</script> HTTP/1.1" 200 7\n',
        "---\nlayout: none\n---\n<!DOCTYPE html>\n<html>\n",
    ],
)
def test_text_with_markup_in_it_is_text(content: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert sniff(content.encode(encoding)).content_type in ("text/plain", "text/csv")


def test_markup_behind_a_long_comment_is_active() -> None:
    assert sniff((b"<!--" + b" " * HEAD_BYTES)[:HEAD_BYTES]).active


@given(st.sampled_from(["<html>", "<body>", "<svg>", "<!DOCTYPE html>"]), st.data())
def test_markup_is_detected_in_any_spelling(markup: str, data: st.DataObject) -> None:
    spelled = "".join(data.draw(st.sampled_from((c.lower(), c.upper()))) for c in markup)
    blanks = data.draw(st.text(" \t\r\n\f", max_size=500))
    comment = data.draw(st.sampled_from(("", "<!---->", "<!-- <p> -- > -->\n")))
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
    page = (blanks + comment + spelled + data.draw(st.text(max_size=500))).encode(encoding, "replace")
    assert sniff(page).name in ("html", "svg")
