"""Sentences for end users, by language and code.

The English ones are the messages of `Code`. `functions/texts/` has the other languages of Airlock. `functions/texts.toml` is the
file of the deployment, whose sentences come first. Nothing is read before a response needs a sentence.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from functions.domain.codes import Code
from functions.http.languages import choose_language, is_language

ENGLISH = "en"
SHIPPED = ("de", "fr")
"""Languages of `functions/texts/`. A client that accepts none of the languages gets English."""

Sentences = Mapping[str, str]
"""Code -> sentence."""

_FUNCTIONS = Path(__file__).parents[1]
_MAX_LENGTH = 500


class Texts:
    """The sentences of one response. `language` is that of the sentences it contains, None as long as it contains none."""

    def __init__(self, accept_language: str | None) -> None:
        self._accept_language = accept_language
        self.language: str | None = None

    def find(self, code: str | None) -> str | None:
        """Returns the sentence of a code, None for None and for a code that this version does not know."""
        if code is None:
            return None
        languages = _languages()
        self.language = choose_language(self._accept_language, tuple(languages))
        return _read_sentences(self.language).get(code)


def parse_overrides(sections: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Returns the sentences of the deployment's file by language. Raises ValueError for what is no language, code or sentence.

    A language of the deployment's own is complete, so that no response mixes two languages.
    """
    overrides = {}
    for language, section in sections.items():
        if not isinstance(section, Mapping) or not is_language(language):
            raise ValueError(f"{language} is no section with the tag of a language, such as [it] or [pt-br]")
        overrides[language] = {code: _parse_sentence(language, code, text) for code, text in section.items()}
        missing = sorted(set(Code) - section.keys())
        if language not in (ENGLISH, *SHIPPED) and missing:
            raise ValueError(f"{language} lacks {', '.join(missing)}")
    return overrides


def read_shipped(language: str) -> Sentences:
    """Returns Airlock's own sentences of one of its languages."""
    if language == ENGLISH:
        return {code.value: code.message for code in Code}
    return tomllib.loads((_FUNCTIONS / "texts" / f"{language}.toml").read_text("utf-8"))


def _parse_sentence(language: str, code: str, text: object) -> str:
    Code.parse(code)
    if not isinstance(text, str) or not text.strip() or len(text) > _MAX_LENGTH or not text.isprintable():
        raise ValueError(f"{language}.{code} is no sentence of up to {_MAX_LENGTH} characters")
    return text


@cache
def _overrides() -> Mapping[str, Sentences]:
    return parse_overrides(tomllib.loads((_FUNCTIONS / "texts.toml").read_text("utf-8")))


@cache
def _languages() -> tuple[str, ...]:
    return tuple(dict.fromkeys((ENGLISH, *SHIPPED, *_overrides())))


@cache
def _read_sentences(language: str) -> Sentences:
    own = _overrides().get(language, {})
    return {**read_shipped(language), **own} if language in (ENGLISH, *SHIPPED) else own
