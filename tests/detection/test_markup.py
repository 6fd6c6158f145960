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
        ("<ScRiPt>alert(1)</sCrIpT>", "html"),
        ("<script/src=//x>", "html"),
        ("<iframe\nsrc=x>", "html"),
        ("<h1>Hello</h1>", "html"),
        ("<img src=x onerror=alert(1)>", "html"),
        ("<!-- a comment --><html>", "html"),
        ("<!-- a comment and nothing that a browser knows", "html"),
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
        ("<note><to>Bo</to></note>", "xml"),
        ("<rss version='2.0'/>", "xml"),
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
    ("content", "name"),
    [
        ("<!-- toc -->\n# Cats\n\nSome text.\n", "text"),
        ("<!-- one -->\n<!-- two -->\n\n- a list with <b>bold</b> text\n", "text"),
        ("<!-- toc -->\n# Cats\n<script>alert(1)</script>", "html"),
        ("<!-- " + "x" * 1100 + " -->\ntext, then <ScRiPt>alert(1)</script>", "html"),
        ("<!-- toc -->\ntext <img src=x onerror=alert(1)>", "html"),
        ("<!-- toc -->\n<3 cats", "html"),
        ("<!-- toc -->\n<p align=center>Cats</p>", "html"),
        ("<!-- toc -->", "html"),
        ("<p align=center>\n\n# Cats\n", "html"),
    ],
)
def test_text_behind_a_comment_is_text_unless_it_contains_active_content(content: str, name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert sniff(content.encode(encoding)).name == name


def test_markup_behind_a_long_comment_is_active() -> None:
    assert sniff((b"<!--" + b" " * HEAD_BYTES)[:HEAD_BYTES]).active


@given(st.sampled_from(["<html>", "<script>", "<svg>", "<!DOCTYPE html>", "<iframe src=x>"]), st.data())
def test_markup_is_detected_in_any_spelling(markup: str, data: st.DataObject) -> None:
    spelled = "".join(data.draw(st.sampled_from((c.lower(), c.upper()))) for c in markup)
    blanks = data.draw(st.text(" \t\r\n\f", max_size=500))
    comment = data.draw(st.sampled_from(("", "<!---->", "<!-- <p> -- > -->\n")))
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
    page = (blanks + comment + spelled + data.draw(st.text(max_size=500))).encode(encoding, "replace")
    assert sniff(page).name in ("html", "svg")
