"""Content types in the spelling of clients, and extensions that contradict them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions
from functions.domain.errors import InvalidInput
from functions.domain.file_types import ALIASES, BY_EXTENSION, GENERIC, TYPES
from functions.domain.kinds import Kinds
from functions.domain.media_types import (
    check_extension,
    essence,
    find_charset,
    find_extension,
    interpret,
    is_detectable,
    with_charset,
)

SHIPPED = tomllib.loads(Path(str(functions.__file__)).with_name("kinds.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("given_type", "stored"),
    [
        ("image/png", "image/png"),
        ("IMAGE/PNG", "image/png"),
        ("text/plain; charset=utf-8", "text/plain"),
        (" text/csv ;header=present", "text/csv"),
        ("image/jpg", "image/jpeg"),
        ("Application/X-Zip-Compressed", "application/zip"),
        ("audio/x-wav; codecs=1", "audio/wav"),
        ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    ],
)
def test_a_content_type_is_stored_without_parameters_under_its_canonical_name(
    given_type: str, stored: str
) -> None:
    assert essence(given_type) == stored


@pytest.mark.parametrize(
    "given_type",
    [
        "",
        "png",
        "/",
        "image/",
        "/png",
        "image/png/x",
        "image /png",
        "image/p ng",
        "image/pñg",
        "*/*\r\nx: y",
        "image/p\nng",
    ],
)
def test_a_text_that_is_no_media_type_is_rejected(given_type: str) -> None:
    with pytest.raises(InvalidInput) as error:
        essence(given_type)
    assert (error.value.code, error.value.field) == ("validation_failed", "contentType")


@given(st.text(max_size=40) | st.from_regex(r"\A[a-zA-Z-]+/[a-zA-Z0-9.+-]+(;.*)?\Z"))
def test_a_stored_content_type_is_ascii_and_its_own_essence(given_type: str) -> None:
    try:
        stored = essence(given_type)
    except InvalidInput:
        return
    assert stored.isascii()
    assert stored.isprintable()
    assert " " not in stored
    assert essence(stored) == stored


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("cat.png", "image/png"),
        ("CAT.JPG", "image/jpeg"),
        ("table.csv", "text/plain"),
        ("notes.txt", "text/markdown"),
        ("README", "image/png"),
        ("photo.unheard-of", "image/png"),
        (".png", "text/plain"),
        ("data.json", "text/plain"),
        ("script.py", "text/plain"),
        ("data.tsv", "text/x-unheard-of"),
        ("film.mov", "video/mp4"),
        ("sound.webm", "audio/webm"),
        ("evil.scr", "image/png"),
        ("evil.hta", "text/plain"),
        ("evil.lnk", "text/plain"),
        ("evil.bat", "text/plain"),
    ],
)
def test_an_extension_that_matches_the_type_or_is_unknown_is_accepted(name: str, content_type: str) -> None:
    check_extension(name, content_type)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("cat.png", "image/jpeg"),
        ("cat.png.exe", "image/png"),
        ("page.html", "text/plain"),
        ("a.SVG", "image/png"),
    ],
)
def test_an_extension_that_contradicts_the_type_is_rejected(name: str, content_type: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_extension(name, content_type)
    assert (error.value.code, error.value.field) == ("extension_mismatch", "contentType")


def test_an_extension_of_another_accepted_type_is_accepted_because_the_bytes_decide() -> None:
    check_extension("IMG_1.HEIC", "image/jpeg", accepted=["image/jpeg", "image/heic"])
    check_extension("cat.png", "image/jpeg", accepted=["image/png"])
    with pytest.raises(InvalidInput):
        check_extension("page.html", "text/plain", accepted=["text/plain", "text/csv"])


def test_every_content_type_of_kinds_toml_is_canonical_and_has_an_extension() -> None:
    for policy in SHIPPED.values():
        assert all(TYPES[entry].extensions for entry in policy["content_types"])
        assert [essence(entry) for entry in policy["content_types"]] == policy["content_types"]


def test_the_table_has_no_name_and_no_extension_twice() -> None:
    names = [*TYPES, *(alias for row in TYPES.values() for alias in row.aliases), *GENERIC]
    assert len(names) == len(set(names))
    assert all(essence(name) == name for name in TYPES)
    extensions = [extension for row in TYPES.values() for extension in row.extensions]
    assert len(extensions) == len(set(extensions))
    assert all(extension == extension.lower() for extension in extensions)


def test_a_name_beside_an_extension_has_its_canonical_spelling_or_is_an_alias() -> None:
    for row in TYPES.values():
        for name in row.with_extension:
            assert essence(name) != row.content_type


# File name, what browsers and systems send, what is meant.
SENDERS = [
    *(
        ("t.csv", sent, "text/csv")
        for sent in (
            "application/vnd.ms-excel",
            "text/x-csv",
            "application/csv",
            "text/comma-separated-values",
            "",
            "  ",
            "application/octet-stream",
            "binary/octet-stream",
            "text/csv; charset=utf-8",
            "TEXT/CSV",
        )
    ),
    *(("t.tsv", sent, "text/tab-separated-values") for sent in ("", "text/tsv", "application/vnd.ms-excel")),
    *(("README.md", sent, "text/markdown") for sent in ("", "text/x-markdown", "application/octet-stream")),
    *(("a.m4a", sent, "audio/mp4") for sent in ("audio/m4a", "audio/x-m4a", "audio/mp4", "")),
    *(("a.avi", sent, "video/x-msvideo") for sent in ("video/vnd.avi", "video/avi", "video/msvideo", "")),
    *(
        ("a.rar", sent, "application/vnd.rar")
        for sent in (
            "application/x-rar",
            "application/x-rar-compressed",
            "application/x-compressed",
            "",
        )
    ),
    *(
        ("a.tgz", sent, "application/gzip")
        for sent in (
            "application/x-compressed-tar",
            "application/x-gzip",
            "application/x-tar",
            "application/x-compressed",
            "",
        )
    ),
    *(
        ("a.zip", sent, "application/zip")
        for sent in (
            "application/x-zip",
            "application/x-zip-compressed",
            "application/x-compressed",
            "",
        )
    ),
    *(("a.ogg", sent, "audio/ogg") for sent in ("application/ogg", "audio/x-vorbis+ogg", "")),
    *(("a.ogv", sent, "video/ogg") for sent in ("application/ogg", "video/ogg", "")),
    *(("a.opus", sent, "audio/ogg") for sent in ("audio/opus", "audio/x-opus+ogg", "")),
    *(
        ("IMG_1.HEIC", sent, "image/heic")
        for sent in ("", "image/heic-sequence", "image/heif", "image/heif-sequence")
    ),
    *(("a.mp3", sent, "audio/mpeg") for sent in ("audio/mp3", "audio/x-mpeg", "audio/mpeg3", "")),
    *(("a.wav", sent, "audio/wav") for sent in ("audio/x-wav", "audio/vnd.wave", "")),
    *(("a.mkv", sent, "video/x-matroska") for sent in ("video/matroska", "")),
    *(("a.flac", sent, "audio/flac") for sent in ("audio/x-flac", "")),
    *(("a.bz2", sent, "application/x-bzip2") for sent in ("application/x-bzip", "application/bzip2", "")),
    *(("a.7z", sent, "application/x-7z-compressed") for sent in ("application/x-compressed", "")),
    *(("a.ndjson", sent, "application/x-ndjson") for sent in ("", "application/jsonl", "application/ndjson")),
    *(("a.json", sent, "application/json") for sent in ("text/json", "")),
    *(("a.xml", sent, "application/xml") for sent in ("text/xml", "")),
    *(("a.rtf", sent, "application/rtf") for sent in ("text/rtf", "application/msword", "text/richtext", "")),
    *(
        (f"a.{suffix}", sent, TYPE)
        for suffix, TYPE, more in (
            (
                "docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/msword",
            ),
            (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.ms-excel",
            ),
            ("odt", "application/vnd.oasis.opendocument.text", "application/zip"),
        )
        for sent in ("application/zip", "application/octet-stream", more, "")
    ),
    *(("a.bmp", sent, "image/bmp") for sent in ("image/x-ms-bmp", "image/x-bmp", "")),
    *(("a.sqlite", sent, "application/vnd.sqlite3") for sent in ("application/x-sqlite3", "")),
    *(("a.log", sent, "text/plain") for sent in ("text/x-log", "")),
]


@pytest.mark.parametrize(("file_name", "sent", "meant"), SENDERS)
def test_what_senders_declare_is_understood(file_name: str, sent: str, meant: str) -> None:
    assert interpret(sent, file_name)[0] == meant
    check_extension(file_name, meant)
    assert Kinds(SHIPPED).accepts(None, meant)


@pytest.mark.parametrize(
    ("file_name", "sent", "meant"),
    [
        ("cat.png", "image/jpeg", ("image/jpeg",)),
        ("cat.png", "text/html", ("text/html",)),
        ("a.unheard-of", "", ("application/octet-stream",)),
        ("README", "application/octet-stream", ("application/octet-stream",)),
        ("cat.png", "application/octet-stream", ("image/png", "application/octet-stream")),
        ("cat.png", "application/vnd.ms-excel", ("application/vnd.ms-excel",)),
    ],
)
def test_the_extension_decides_only_for_what_says_nothing(
    file_name: str, sent: str, meant: tuple[str, ...]
) -> None:
    assert interpret(sent, file_name) == meant


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/plain; charset=UTF-8", "utf-8"),
        ('text/plain;charset="windows-1252"', "windows-1252"),
        ("text/plain; format=flowed; charset=gb18030", "gb18030"),
        ("text/plain", None),
        ("text/plain; charset=", None),
        ("text/plain; charset=x\r\ny", None),
        ("text/plain; charset=rot13", None),
        ("text/plain; xcharset=utf-8", None),
    ],
)
def test_a_charset_is_read_if_browsers_know_it(content_type: str, charset: str | None) -> None:
    assert find_charset(content_type) == charset


def test_only_text_has_a_charset() -> None:
    assert with_charset("text/plain", "utf-8") == "text/plain; charset=utf-8"
    assert with_charset("text/plain", None) == "text/plain"
    assert with_charset("image/png", "utf-8") == "image/png"
    assert with_charset("application/json", "utf-8") == "application/json"


@pytest.mark.parametrize(
    "content_type", ["image/png", "text/x-python", "application/geo+json", "application/gpx+xml"]
)
def test_types_of_the_table_text_and_structured_suffixes_are_detectable(content_type: str) -> None:
    assert is_detectable(content_type)


@pytest.mark.parametrize("content_type", ["model/vnd.made-up", "application/octet-stream", "image/x-made-up"])
def test_other_types_are_not_detectable(content_type: str) -> None:
    assert not is_detectable(content_type)


def test_an_extension_belongs_to_the_type_that_lists_it() -> None:
    assert {name: row.content_type for name, row in BY_EXTENSION.items()} | {} == {
        extension: row.content_type for row in TYPES.values() for extension in row.extensions
    }
    assert ALIASES["image/jpg"] == "image/jpeg"


@pytest.mark.parametrize(
    ("content_type", "extension"),
    [
        ("image/jpeg", ".jpg"),
        ("image/webp", ".webp"),
        ("text/plain", ".txt"),
        ("image/heic", ".heic"),
        ("text/markdown", ".md"),
        ("application/octet-stream", ""),
    ],
)
def test_a_content_type_has_its_usual_extension_or_none(content_type: str, extension: str) -> None:
    assert find_extension(content_type) == extension
