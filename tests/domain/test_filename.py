"""File names: the stored name, and the header of a download."""

import re
import unicodedata
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain.errors import InvalidInput
from functions.domain.filename import (
    MAX_BYTES,
    MAX_ENCODED_DISPOSITION,
    MAX_LENGTH,
    clean,
    content_disposition,
    extension,
    shorten_name,
)

any_text = st.text(max_size=300)
special_text = st.text(
    st.sampled_from(
        "aé1\u0301\u200c\u200d\u202e\u00a0 ./\\\"';:%\u2028\uff02\u212b\u2126\ud83d\r\x00ключ日م\u0f71\ufe0f\U000e0067\U000e007f"
        "\U0001f600\U0001f3fd\U0001f1e9\U0001f3f4"
    ),
    max_size=300,
)
# RFC 6266 with RFC 8187: one quoted string without anything that needs escaping, and one extended value if that is not enough.
HEADER = re.compile(
    r"(attachment|inline); filename=\"([^\"\\\x00-\x1f\x7f]+)\""
    r"(?:; filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+))?"
)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


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
        ("in\u200dvoice\u200c.p\u200dng", "invoice.png"),
        ("\u3164\u2800\u115fcat.png", "cat.png"),
        ("cat\U000e0065\U000e0078\U000e0065.png", "cat.png"),
        ("\U0001f600\ufe0f\ufe01\ufe02.png", "\U0001f600\ufe0f.png"),
        ("\U0001f3f4\U000e0067.png", "\U0001f3f4.png"),
    ],
)
def test_a_name_is_stored_without_path_and_without_invisible_characters(given_name: str, stored: str) -> None:
    assert clean(given_name) == stored


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        " . . ",
        ".\u00a0.",
        "a/",
        "a/..",
        "\u200d",
        "\u3164",
        "x" * (MAX_LENGTH + 1),
        "x" * 400 + ".png",
    ],
)
def test_a_name_that_is_empty_or_too_long_is_rejected(name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        clean(name)
    assert (error.value.code, error.value.field) == ("filename_invalid", "fileName")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.png", id="Persian with ZWNJ"),
        pytest.param("\u0dc1\u0dca\u200d\u0dbb\u0dd3.pdf", id="Sinhala with ZWJ"),
        pytest.param("\u0d28\u0d4d\u200d.txt", id="Malayalam with ZWJ at the end of the word"),
        pytest.param(FAMILY + ".png", id="family"),
        pytest.param("\U0001f469\U0001f3fd\u200d\U0001f4bb.png", id="woman with a skin tone at a computer"),
        pytest.param("\u2764\ufe0f\u200d\U0001f525.png", id="heart on fire"),
        pytest.param("1\ufe0f\u20e3.png", id="keycap"),
        pytest.param("\U0001f1e9\U0001f1ea.png", id="flag of a country"),
        pytest.param(ENGLAND + ".png", id="flag of a region"),
        pytest.param("\U0001fae9.png", id="emoji of Unicode 16"),
        pytest.param("\u845b\U000e0100.pdf", id="ideographic variation"),
        pytest.param("\u06dd2024.pdf", id="Arabic sign around a number"),
    ],
)
def test_joiners_and_selectors_that_a_word_or_an_emoji_needs_are_kept(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("\u5bb6" * 84 + ".png", "\u5bb6" * 83 + ".png"),
        ("\u5bb6" * 84 + ".tar.gz", "\u5bb6" * 82 + ".tar.gz"),
        ("\u5bb6" * 100, "\u5bb6" * 85),
        ("\U0001f600" * 251 + ".png", "\U0001f600" * 62 + ".png"),
        ("ab" + FAMILY * 11 + ".png", "ab" + FAMILY * 9 + ".png"),
        ("a" + ENGLAND * 10 + ".png", "a" + ENGLAND * 8 + ".png"),
        ("ab" + "\U0001f1e9\U0001f1ea" * 40 + ".png", "ab" + "\U0001f1e9\U0001f1ea" * 31 + ".png"),
        ("x" * 200 + " " + "\u5bb6" * 50 + ".png", "x" * 200 + " " + "\u5bb6" * 16 + ".png"),
        ("a." + "\u5bb6" * 200, "a." + "\u5bb6" * 84),
    ],
)
def test_a_name_is_shortened_to_255_bytes_between_two_characters_and_keeps_its_extension(
    name: str, stored: str
) -> None:
    assert clean(name) == stored


@given(any_text | special_text, st.integers(1, MAX_BYTES))
def test_a_shortened_name_fits_and_begins_as_the_name_does(name: str, size: int) -> None:
    stored = clean_or_skip(name)
    shortened = shorten_name(stored, size)
    assert len(shortened.encode()) <= size
    assert shortened == stored or stored.startswith(shortened.rpartition(".")[0])


@pytest.mark.parametrize("name", ["a\r\nb.txt", "a\nb", "a\x00b.txt", "a\x7f", "a\ud800.txt", "\r/cat.png"])
def test_a_name_with_a_control_character_or_a_lone_surrogate_is_rejected(name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        clean(name)
    assert error.value.code == "filename_invalid"


@given(any_text | special_text)
def test_a_stored_name_is_short_visible_nfc_and_without_a_path(name: str) -> None:
    stored = clean_or_skip(name)
    assert 0 < len(stored.encode()) <= MAX_BYTES
    assert unicodedata.is_normalized("NFC", stored)
    assert not set("/\\") & set(stored)
    visible = stored.replace("\u200c", "").replace("\u200d", "")
    visible = re.sub("\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f", "", visible)
    visible = re.sub(r"[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]", "", visible)
    assert not {unicodedata.category(c) for c in visible} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
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
    assert len(quote(header, safe="")) <= MAX_ENCODED_DISPOSITION
    plain = match[2].encode("latin-1").decode()
    extended = unquote(match[3], errors="strict") if match[3] else plain
    assert extended == stored
    assert plain == shorten_name(stored.replace('"', "_"), len(plain.encode()))


@pytest.mark.parametrize("character", ["\u5bb6", "\U0001f600", "\u00e9", "%", "'", " ", '"', "&", "x"])
def test_no_name_of_255_bytes_makes_a_long_header(character: str) -> None:
    name = clean(character + "a" + character * ((MAX_BYTES - 10) // len(character.encode())) + ".tar.gz")
    assert len(quote(content_disposition("attachment", name), safe="")) <= MAX_ENCODED_DISPOSITION


def test_the_plain_name_of_a_long_header_is_shortened_and_keeps_its_extension() -> None:
    header = content_disposition("attachment", "\u5bb6" * 83 + ".png")
    match = HEADER.fullmatch(header)
    assert match is not None
    assert unquote(match[3]) == "\u5bb6" * 83 + ".png"
    assert re.fullmatch("\u5bb6{15,}\\.png", match[2].encode("latin-1").decode())


@pytest.mark.parametrize(
    ("name", "plain", "extended"),
    [
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


def test_a_name_in_ascii_is_there_once() -> None:
    name = "a'b & c=d, (e) [f]; #1!.pdf"
    assert content_disposition("inline", name) == f'inline; filename="{name}"'


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
