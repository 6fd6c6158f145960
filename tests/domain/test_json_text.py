"""JSON of other programs: whatever cannot be parsed is one kind of error."""

import pytest

from functions.domain.json_text import parse_json


def test_a_text_becomes_its_value() -> None:
    assert parse_json('{"name": [1, null]}') == {"name": [1, None]}


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, '{"a":' * 100_000], ids=["empty", "open", "lists", "objects"]
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a message of the parser, or of this module
        parse_json(text)
