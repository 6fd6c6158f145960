"""Plain values as DynamoDB's attribute values, and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.dynamodb.attributes import from_item, to_item

texts = st.text(max_size=10)
values = st.recursive(
    texts | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_every_value_is_read_back_with_its_type(plain: dict[str, Any]) -> None:
    read = from_item(to_item(plain))
    assert read == plain
    assert {name: type(value) for name, value in read.items()} == {
        name: type(value) for name, value in plain.items()
    }


def test_each_type_of_value_has_its_attribute_type() -> None:
    plain = {"text": "a", "flag": True, "number": -17, "list": ["a", 1], "map": {"flag": False}}
    assert to_item(plain) == {
        "text": {"S": "a"},
        "flag": {"BOOL": True},
        "number": {"N": "-17"},
        "list": {"L": [{"S": "a"}, {"N": "1"}]},
        "map": {"M": {"flag": {"BOOL": False}}},
    }


def test_none_is_no_attribute() -> None:
    assert to_item({"gone": None, "kept": ""}) == {"kept": {"S": ""}}


@pytest.mark.parametrize("value", [0.5, b"bytes", {"a"}, [None]], ids=repr)
def test_a_value_without_an_attribute_type_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError):
        to_item({"value": value})


def test_an_attribute_type_that_this_table_does_not_use_is_an_error() -> None:
    with pytest.raises(TypeError, match="SS"):
        from_item({"value": {"SS": ["a", "b"]}})
