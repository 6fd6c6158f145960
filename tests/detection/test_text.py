"""JSON, CSV, text in many encodings, and binary data."""

from random import Random

import pytest

from functions.detection import HEAD_BYTES, find_charset, sniff
from tests.detection.detect import detect, read_more


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"[]", "json", id="empty array"),
        pytest.param(b" {\n}", "json", id="empty object"),
        pytest.param(b'[1, -2.5e+3, true, false, null, "a\\"b"]', "json", id="array of everything"),
        pytest.param(b'{"a": 1}\n{"a": 2}\n', "json", id="lines of JSON"),
        pytest.param(b'{"page": "<script>alert(1)</script>"}', "json", id="markup in a JSON string"),
        pytest.param(b"\xef\xbb\xbf{}", "json", id="JSON behind a byte order mark"),
        pytest.param(
            ('{"name": "' + "é" * 5000 + '"}').encode()[:HEAD_BYTES], "json", id="JSON cut in a string"
        ),
        pytest.param((b'{"a": [' + b"false, " * 700)[:HEAD_BYTES], "json", id="JSON cut in a word"),
        pytest.param(b"[section]\nkey=value\n", "text", id="INI"),
        pytest.param(b"[2024-01-01 12:00:00] INFO started\n", "text", id="log"),
        pytest.param(b"{not json}\n", "text", id="braces"),
        pytest.param(b'{"a": NaN, "b": [-Infinity, Infinity]}', "json", id="numbers of Python"),
        pytest.param(
            b'// tsconfig\n{\n  /* strict */ "strict": true, // yes\n  "lib": ["es2022",],\n}\n',
            "json",
            id="comments",
        ),
        pytest.param(b"{a: 1, $b: 'it\\'s', c: 0x1F}", "json", id="JSON5"),
        pytest.param(b"/* cut", "text", id="a comment alone"),
        pytest.param(b"[NaN, null]", "json", id="array of NaN"),
        pytest.param(b"{ color: red; }", "text", id="CSS"),
        pytest.param(b"{'a': True}", "text", id="Python"),
        pytest.param(b"// comment\nint main() {}\n", "text", id="C"),
        pytest.param(b"[1] See the appendix.\n", "text", id="footnote"),
        pytest.param(b"123\n", "text", id="a number"),
        pytest.param(b'"hello"\n', "text", id="a quotation"),
        pytest.param(b"x" * 1100 + b" %PDF-1.7", "text", id="text that names PDF far from its start"),
        pytest.param(b"a;b\n1;2", "csv", id="semicolons, last line without an end"),
        pytest.param(b"a\tb\r\n1\t2\r\n", "csv", id="tabs"),
        pytest.param(b"a|b\n1|2\n", "csv", id="bars"),
        pytest.param(
            b'name,note\nAda,"one, two\nthree"\nBo,"say ""hi, there"""\n', "csv", id="quoted commas and lines"
        ),
        pytest.param((b"name,age\n" + b"Ada,9\n" * 999)[:HEAD_BYTES], "csv", id="CSV cut in a line"),
        pytest.param("имя,лик\nЯн,9\n".encode("cp1251"), "csv", id="CSV in a single-byte encoding"),
        pytest.param("a,b\n1,2\n".encode("utf-16"), "csv", id="CSV in UTF-16"),
        pytest.param(b"a,b\n", "text", id="one line is no table"),
        pytest.param(b"a,b\n1,2,3\n", "text", id="lines of different length"),
        pytest.param(b"one\ntwo\n", "text", id="no delimiter"),
        pytest.param("日本語のテキスト。".encode() * 200, "text", id="UTF-8"),
        pytest.param("日本語".encode() * 2000, "text", id="UTF-8 in one line"),
        pytest.param("Grüße aus Köln\n".encode("latin-1"), "text", id="Latin-1"),
        pytest.param("Привет, мир\n".encode("cp866"), "text", id="DOS Cyrillic"),
        pytest.param("Grüße".encode("utf-16"), "text", id="UTF-16"),
        pytest.param("Grüße".encode("utf-16-le"), "text", id="UTF-16 without a mark"),
        pytest.param("Привет, мир\n".encode("utf-16-be"), "text", id="Cyrillic UTF-16 without a mark"),
        pytest.param("日本語のテキスト。\n".encode("utf-16-le"), "text", id="Japanese UTF-16 without a mark"),
        pytest.param("Grüße".encode("utf-32"), "text", id="UTF-32"),
        pytest.param(b"\x1b[1mbold\x1b[0m\n", "text", id="terminal colours"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"hello\0world", "binary", id="a zero byte"),
        pytest.param(b"hello\x07\n", "text", id="a bell"),
        pytest.param(b"10%\b\b\b20%\b\b\b30%", "text", id="backspaces"),
        pytest.param(b"N\bNA\bAM\bME\bE\n", "text", id="bold type of a manual page"),
        pytest.param(b"8=FIX.4.2\x019=176\x0135=8\x01\n", "text", id="a log of FIX"),
        pytest.param(b'a,b\n1,"x\x0by"\n', "csv", id="a vertical tab in a cell"),
        pytest.param(
            "имя;лик\r\nЯ\x0bн;9\r\n\x1a".encode("cp866"),
            "csv",
            id="a vertical tab and the end of a DOS file",
        ),
        pytest.param(b"a,b\r\n1,2\r\n\x1a", "csv", id="the end of a DOS file"),
        pytest.param(b"\x01\x02\x03\x04\x05ab", "binary", id="mostly control characters"),
        pytest.param("a\0b".encode("utf-16"), "binary", id="a zero in UTF-16"),
        pytest.param(b"\xff\xfe\x00\xd8a\0", "binary", id="half a pair in UTF-16"),
        pytest.param(b"\xfe\xfd\xfc\xfb" * 100, "binary", id="high bytes only"),
    ],
)
def test_json_csv_text_and_binary_data_are_distinguished(content: bytes, name: str) -> None:
    assert sniff(content).name == name


def test_a_character_that_the_end_of_the_head_cuts_is_text() -> None:
    text = ("ж" * HEAD_BYTES).encode()
    for cut in range(HEAD_BYTES - 4, HEAD_BYTES + 1):
        assert sniff(text[:cut]).name == "text"
        assert sniff(("\ufeff" + "😀" * HEAD_BYTES).encode("utf-16-le")[:cut]).name == "text"


@pytest.mark.parametrize(
    "content", [b"NaN", b'"a \\"string\\""', b"-1.5e3\n", b"true", b" null ", b"0x1F", b"Infinity"]
)
def test_a_scalar_is_text_that_may_be_json(content: bytes) -> None:
    found = detect(content)
    assert found.content_type == "text/plain"
    assert "application/json" in found.also


@pytest.mark.parametrize("content", [b"truest", b'"a" is a letter', b"12 cats", b"nullable\n"])
def test_text_that_starts_like_a_scalar_is_no_json(content: bytes) -> None:
    assert "application/json" not in detect(content).also


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b"\xef\xbb\xbfhello", "utf-8"),
        ("Grüße".encode(), "utf-8"),
        (b"plain", "utf-8"),
        ("Grüße".encode("utf-16"), "utf-16le"),
        ("\ufeffGrüße".encode("utf-16-be"), "utf-16be"),
        ("Grüße\n".encode("utf-16-le"), "utf-16le"),
        ("Grüße".encode("utf-32"), None),
        ("Grüße".encode("latin-1"), None),
        ("日本語".encode("shift-jis"), None),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp"),
        (b"x" * 9000, "utf-8"),
        (b"x" * 9000 + "ü".encode(), "utf-8"),
        (b"x" * 9000 + "ü".encode("latin-1"), None),
    ],
)
def test_the_charset_of_a_text_is_found_if_its_bytes_show_it(content: bytes, charset: str | None) -> None:
    assert find_charset(content[:HEAD_BYTES], read_more(content), len(content)) == charset


@pytest.mark.parametrize("seed", range(200))
def test_noise_is_no_text(seed: int) -> None:
    """Without zero bytes, so that nothing but the other control characters and the scripts tell."""
    noise = Random(seed).randbytes(600).replace(b"\0", b"")
    assert detect(noise).name not in ("text", "csv", "json", "markup")
    assert find_charset(noise) is None
