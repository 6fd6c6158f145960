"""File names: the stored name, and the header of a download."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain.errors import InvalidInput
from functions.domain.filename import MAX_LENGTH, clean, content_disposition, extension

any_text = st.text(max_size=300)
special_text = st.text(
    st.sampled_from("aé\u0301\u200d\u202e\u00a0 ./\\\"';:%\u2028\uff02\u212b\ud83d\r\x00ключ\U0001f600")
)
# RFC 6266 with RFC 8187: one quoted string without anything that needs escaping, one extended value.
HEADER = re.compile(
    r"(attachment|inline); filename=\"([^\"\\\x00-\x1f\x7f]+)\"; "
    r"filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+)"
)


def clean_or_skip(name: str) -> str:
    try:
        return clean(name)
    except InvalidInput:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("given_name", "stored"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("../../x", "x"),
        (r"C:\x", "x"),
        (r"C:\Users\me\scan 1.pdf", "scan 1.pdf"),
        ("Übersicht 2024 \u2013 ключ.pdf", "Übersicht 2024 \u2013 ключ.pdf"),
        ("U\u0308bersicht.pdf", "Übersicht.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("e\u200d\u0301.txt", "é.txt"),
        ("a\u2028b\ue000.txt", "ab.txt"),
        ("  cat.png ", "cat.png"),
        ('a"b;c.txt', 'a"b;c.txt'),
        (".profile", ".profile"),
        ("x" * MAX_LENGTH, "x" * MAX_LENGTH),
        ("d" * 400 + "/cat.png", "cat.png"),
    ],
)
def test_a_name_is_stored_without_path_and_without_invisible_characters(given_name: str, stored: str) -> None:
    assert clean(given_name) == stored


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", " . . ", ".\u00a0.", "a/", "a/..", "\u200d", "x" * (MAX_LENGTH + 1)],
)
def test_a_name_that_is_empty_or_too_long_is_rejected(name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        clean(name)
    assert (error.value.code, error.value.field) == ("filename_invalid", "fileName")


@pytest.mark.parametrize("name", ["a\r\nb.txt", "a\nb", "a\x00b.txt", "a\x7f", "a\ud800.txt", "\r/cat.png"])
def test_a_name_with_a_control_character_or_a_lone_surrogate_is_rejected(name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        clean(name)
    assert error.value.code == "filename_invalid"


@given(any_text | special_text)
def test_a_stored_name_is_short_visible_nfc_and_without_a_path(name: str) -> None:
    stored = clean_or_skip(name)
    assert 0 < len(stored) <= MAX_LENGTH
    assert unicodedata.is_normalized("NFC", stored)
    assert not set("/\\") & set(stored)
    assert not {unicodedata.category(c) for c in stored} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert stored not in (".", "..")


@given(any_text | special_text)
def test_cleaning_is_idempotent(name: str) -> None:
    stored = clean_or_skip(name)
    assert clean(stored) == stored


@given(any_text | special_text, st.sampled_from(["attachment", "inline"]))
def test_the_header_is_latin_1_and_contains_the_whole_name(name: str, disposition: str) -> None:
    stored = clean_or_skip(name)
    header = content_disposition(disposition, stored)
    match = HEADER.fullmatch(header)
    assert match is not None
    assert match[1] == disposition
    assert match[2].encode("latin-1").decode() == stored.replace('"', "_")
    assert unquote(match[3], errors="strict") == stored


@pytest.mark.parametrize(
    ("name", "plain", "extended"),
    [
        ("cat.png", "cat.png", "cat.png"),
        (
            "Übersicht 2024 \u2013 ключ.pdf",
            "Ã\x9cbersicht 2024 â\x80\x93 ÐºÐ»Ñ\x8eÑ\x87.pdf",
            "%C3%9Cbersicht%202024%20%E2%80%93%20%D0%BA%D0%BB%D1%8E%D1%87.pdf",
        ),
        ('a";x=".txt', "a_;x=_.txt", "a%22%3Bx%3D%22.txt"),
        ("100%'*.txt", "100%'*.txt", "100%25%27%2A.txt"),
    ],
)
def test_the_header_contains_the_name_for_programs_and_for_browsers(
    name: str, plain: str, extended: str
) -> None:
    header = content_disposition("attachment", name)
    assert header == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"


def test_no_name_can_close_its_quoted_string() -> None:
    """The class of reflected file downloads: CVE-2022-36359."""
    header = content_disposition("attachment", 'a.txt";filename="b.bat')
    assert header.startswith('attachment; filename="a.txt_;filename=_b.bat"; filename*=')


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("cat.PNG", "png"), ("a.tar.gz", "gz"), ("README", ""), (".profile", ""), ("a.", "")],
)
def test_the_extension_follows_the_last_dot_of_a_name(name: str, suffix: str) -> None:
    assert extension(name) == suffix
