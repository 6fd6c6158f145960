"""The private keys in Secrets Manager: which one signs, and what a rotation may do to them."""

import json
from datetime import timedelta

import pytest

from functions.domain.errors import Unavailable
from functions.signing.delivery_keys import DeliveryKey, DeliveryKeys
from tests.examples import NOW

OLD, NEW = DeliveryKey("old", "c2VjcmV0LW9sZA=="), DeliveryKey("new", "c2VjcmV0LW5ldw==")
KEYS = DeliveryKeys((OLD,), "old", NOW)


def test_a_rotation_ends_with_the_new_key_alone() -> None:
    later = NOW + timedelta(hours=1)
    assert KEYS.add(NEW).switch(later).remove_other() == DeliveryKeys((NEW,), "new", later)


def test_a_new_key_does_not_sign_before_the_switch() -> None:
    added = KEYS.add(NEW)
    assert added.choose({"old", "new"}) == OLD
    assert added.switch(NOW).choose({"old", "new"}) == NEW


def test_the_other_key_signs_where_the_current_one_is_not_deployed() -> None:
    assert KEYS.add(NEW).switch(NOW).choose({"old"}) == OLD
    with pytest.raises(Unavailable):
        KEYS.choose({"new"})


def test_there_are_never_three_keys_and_never_a_switch_to_none() -> None:
    with pytest.raises(ValueError, match="two keys"):
        KEYS.add(NEW).add(DeliveryKey("third", ""))
    with pytest.raises(ValueError, match="no other key"):
        KEYS.switch(NOW)


def test_the_value_of_the_secret_is_read_back_and_never_shown() -> None:
    keys = KEYS.add(NEW)
    assert DeliveryKeys.from_json(keys.to_json()) == keys
    assert "c2VjcmV0" not in repr(keys)


@pytest.mark.parametrize(
    "text",
    [
        "c2VjcmV0",
        "{}",
        '{"keys": [{"id": "c2VjcmV0"}]}',
        json.dumps({**json.loads(KEYS.to_json()), "current": "c2VjcmV0"}),
        json.dumps({**json.loads(KEYS.to_json()), "switchedAt": "c2VjcmV0"}),
    ],
)
def test_a_value_that_is_none_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="Secrets Manager") as error:
        DeliveryKeys.from_json(text)
    assert "c2VjcmV0" not in str(error.value)
