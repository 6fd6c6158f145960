"""Cursors are valid only for the list that they were issued for."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.cursor import decode, encode
from functions.domain.errors import InvalidInput
from functions.domain.keys import owner_key
from tests.examples import OWNER, an_id

CURSOR = encode(an_id(), OWNER, "ready|image")


def assert_rejected(cursor: str, owner: str = OWNER, scope: str = "ready|image") -> None:
    with pytest.raises(InvalidInput) as error:
        decode(cursor, owner, scope)
    assert (error.value.code, error.value.field) == ("cursor_invalid", "cursor")


@given(st.integers(0, 10**6), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_cursor_is_decoded_to_its_document_id(number: int, scope: str) -> None:
    cursor = encode(an_id(number), OWNER, scope)
    assert decode(cursor, OWNER, scope) == an_id(number)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=%&?# ")


def test_a_cursor_of_another_owner_is_rejected() -> None:
    assert_rejected(CURSOR, owner=owner_key("somebody-else"))


@pytest.mark.parametrize("scope", ["|", "ready|", "|image", "pending|image", ""])
def test_a_cursor_of_another_filter_is_rejected(scope: str) -> None:
    assert_rejected(CURSOR, scope=scope)


@given(st.integers(0, len(CURSOR) - 1), st.sampled_from("AZaz09-_"))
def test_a_cursor_with_one_changed_character_is_rejected(position: int, letter: str) -> None:
    changed = CURSOR[:position] + letter + CURSOR[position + 1 :]
    if changed != CURSOR:
        assert_rejected(changed)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "A",
        "====",
        "é" * 32,
        CURSOR[:-4],
        CURSOR + "AAAA",
        CURSOR + "=",
        CURSOR + "\n",
        " " + CURSOR,
        "\ud800",
    ],
)
def test_a_text_that_is_no_cursor_is_rejected(cursor: str) -> None:
    assert_rejected(cursor)


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_text_is_rejected_with_the_declared_error(cursor: str) -> None:
    assert_rejected(cursor)
