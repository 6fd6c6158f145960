"""JSON, CSV, text in many encodings, and binary data."""

import pytest

from functions.detection import HEAD_BYTES, sniff
from tests.detection.detect import detect


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
        pytest.param(b"\x1b[1mbold\x1b[0m\n", "text", id="terminal colours"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"hello\0world", "binary", id="a zero byte"),
        pytest.param(b"hello\x07", "binary", id="a control character"),
        pytest.param("a\0b".encode("utf-16"), "binary", id="a zero in UTF-16"),
        pytest.param(b"\xff\xfe\x00\xd8a\0", "binary", id="half a pair in UTF-16"),
        pytest.param(b"\xfe\xfd\xfc\xfb" * 100, "binary", id="high bytes only"),
    ],
)
def test_json_csv_text_and_binary_data_are_distinguished(content: bytes, name: str) -> None:
    assert detect(content).name == name


def test_a_character_that_the_end_of_the_head_cuts_is_text() -> None:
    text = ("ж" * HEAD_BYTES).encode()
    for cut in range(HEAD_BYTES - 4, HEAD_BYTES + 1):
        assert sniff(text[:cut]).name == "text"
        assert sniff(("\ufeff" + "😀" * HEAD_BYTES).encode("utf-16-le")[:cut]).name == "text"
