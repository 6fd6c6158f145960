"""Sentences for end users: Airlock's languages are complete, and a deployment's own sentences come first."""

import tomllib
from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.http.texts import ENGLISH, SHIPPED, Texts, parse_overrides, read_shipped

ITALIAN = {code.value: f"Frase {code.value}." for code in Code}


@pytest.mark.parametrize("language", [ENGLISH, *SHIPPED])
def test_every_language_has_one_sentence_for_each_code(language: str) -> None:
    sentences = read_shipped(language)
    assert sorted(sentences) == sorted(code.value for code in Code)
    assert all(text[0].isupper() and text.endswith(".") for text in sentences.values())
    assert len(set(sentences.values())) == len(Code)


def test_the_sentences_of_a_language_are_no_others() -> None:
    for code in Code:
        assert len({read_shipped(language)[code] for language in (ENGLISH, *SHIPPED)}) == 3


def test_a_response_has_the_sentence_in_the_language_of_its_user() -> None:
    texts = Texts("de-CH, en;q=0.5")
    assert texts.language is None
    assert texts.find("malware_found") == read_shipped("de")["malware_found"]
    assert texts.language == "de"


def test_nothing_and_an_unknown_code_have_no_sentence() -> None:
    texts = Texts(None)
    assert texts.find(None) is None
    assert texts.language is None
    assert texts.find("a_code_of_a_later_version") is None


def test_the_file_that_ships_replaces_no_sentence() -> None:
    shipped = Path(__file__).parents[2] / "functions" / "texts.toml"
    assert parse_overrides(tomllib.loads(shipped.read_text("utf-8"))) == {}


def test_a_deployment_replaces_sentences_and_adds_languages() -> None:
    own = {"de": {"malware_found": "Virus!"}, "it": ITALIAN}
    assert parse_overrides(own) == own


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"malware_found": "Virus!"}, "malware_found is no section"),
        ({"German": {}}, "German is no section"),
        ({"de": {"unknown": "Virus!"}}, "'unknown' is not a code"),
        ({"de": {"malware_found": ""}}, "de.malware_found is no sentence"),
        ({"de": {"malware_found": " "}}, "de.malware_found is no sentence"),
        ({"de": {"malware_found": "a\nb"}}, "de.malware_found is no sentence"),
        ({"de": {"malware_found": "a" * 501}}, "de.malware_found is no sentence"),
        ({"de": {"malware_found": 1}}, "de.malware_found is no sentence"),
        ({"it": {"malware_found": "Virus!"}}, "it lacks animation_not_allowed, "),
    ],
)
def test_a_file_with_anything_else_is_refused(sections: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_overrides(sections)
