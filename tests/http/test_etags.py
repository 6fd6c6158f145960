"""Entity tags of documents, and the revisions that an If-Match header allows."""

import pytest

from functions.http.etags import format_etag, is_unchanged, parse_if_match
from tests.examples import a_document


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_without_a_condition_any_revision_is_allowed(header: str | None) -> None:
    assert parse_if_match(header) is None


@pytest.mark.parametrize(
    ("header", "revisions"),
    [
        ('"1"', {1}),
        ('"1", "22"', {1, 22}),
        ('"1","22"', {1, 22}),
        ('W/"1", "2"', {2}),
        ('"2", W/"1"', {2}),
        ("1, 2", set()),
        ('"1"2', set()),
        ('*, "1"', {1}),
        ("", set()),
        ('"' + "9" * 17 + '"', set()),
        ('"3-de"', {3}),
        ('"3-"', set()),
    ],
)
def test_a_condition_allows_its_strong_tags(header: str, revisions: set[int]) -> None:
    assert parse_if_match(header) == frozenset(revisions)


def test_a_tag_allows_its_own_revision() -> None:
    assert parse_if_match(format_etag(a_document(revision=10))) == frozenset({10})


@pytest.mark.parametrize(
    "header",
    ["*", " * ", '"10"', 'W/"10"', '"9", "10"', '"a,b", W/"10"', '"10","10"', '\t"10"\t', '"", "10"'],
)
def test_a_document_is_unchanged_for_any_of_its_tags(header: str) -> None:
    assert is_unchanged('"10"', header)


@pytest.mark.parametrize(
    "header",
    [None, "", '"1"', '"100"', "10", '"10', '10"', 'w/"10"', '"10"x', 'x"10"', '"9" "10"', '"\\"10\\""'],
)
def test_a_document_has_changed_for_any_other_tag(header: str | None) -> None:
    assert not is_unchanged('"10"', header)


def test_a_response_in_another_language_has_another_tag() -> None:
    document = a_document(revision=10)
    tags = [format_etag(document, language) for language in (None, "en", "de", "fr")]
    assert tags == ['"10"', '"10"', '"10-de"', '"10-fr"']
    assert {parse_if_match(tag) for tag in tags} == {frozenset({10})}
