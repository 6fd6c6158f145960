"""Content types in the spelling of clients, and extensions that contradict them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions
from functions.domain import media_types
from functions.domain.errors import InvalidInput
from functions.domain.media_types import check_extension, essence, find_extension


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


def test_every_content_type_of_kinds_toml_is_canonical_and_has_an_extension() -> None:
    shipped = Path(str(functions.__file__)).with_name("kinds.toml").read_text("utf-8")
    with_extension = frozenset().union(*media_types._EXTENSIONS.values())
    for policy in tomllib.loads(shipped).values():
        assert set(policy["content_types"]) <= with_extension
        assert [essence(entry) for entry in policy["content_types"]] == policy["content_types"]


def test_no_alias_is_the_canonical_name_of_another() -> None:
    assert not set(media_types._ALIASES.values()) & set(media_types._ALIASES)


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
