"""Accept-Language: RFC 9110, 12.5.4, and the lookup of RFC 4647."""

import pytest

from functions.http.languages import choose_language, is_language

AVAILABLE = ("en", "de", "fr", "pt-br")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("DE", "de"),
        ("de-CH", "de"),
        ("de-Latn-CH-1996", "de"),
        ("pt-BR", "pt-br"),
        ("pt", "en"),
        ("it", "en"),
        ("it, fr;q=0.5", "fr"),
        ("fr;q=0.5, de;q=0.9", "de"),
        ("fr , de", "fr"),
        ("fr;q=0.8,de;q=0.8", "fr"),
        ("de ; q=0.3,fr;q=0.31", "fr"),
        ("*", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0", "en"),
        ("de;q=0, de-CH", "en"),
        ("fr;q=0.1, *;q=0.5", "en"),
        ("de;q=1.5, fr", "fr"),
        ("de;q=x, fr;q=0.2", "fr"),
        ("d\N{LATIN SMALL LETTER E WITH ACUTE}, fr", "fr"),
        (";;,,=", "en"),
        (", ".join(["xx"] * 100 + ["de"]), "en"),
    ],
)
def test_the_language_that_the_user_prefers_is_chosen(header: str | None, language: str) -> None:
    assert choose_language(header, AVAILABLE) == language


@pytest.mark.parametrize(
    ("tag", "is_one"),
    [("de", True), ("pt-br", True), ("*", False), ("de;q=1", False), ("DE", False), ("", False)],
)
def test_a_tag_names_a_language(tag: str, is_one: bool) -> None:
    assert is_language(tag) is is_one
