"""The values of CloudFront's header: which are valid at which time, and what a fault of Secrets Manager does to them."""

import json

import pytest

from functions.adapters.edge_secrets import CACHE_SECONDS, FAULT_SECONDS, RETRY_SECONDS, EdgeSecrets
from functions.domain.codes import Code
from functions.domain.errors import Unavailable


class Store:
    """Secrets Manager with one secret. `text` None is an outage."""

    def __init__(self, **values: str) -> None:
        self.text: str | None = json.dumps(values)
        self.now = 1_000.0
        self.reads = 0

    def put(self, **values: str) -> None:
        self.text = json.dumps(values)

    def read(self) -> str:
        self.reads += 1
        if self.text is None:
            raise Unavailable(Code.STORAGE_UNAVAILABLE)
        return self.text


@pytest.fixture
def store() -> Store:
    return Store(**{"1": "first"})


@pytest.fixture
def secrets(store: Store) -> EdgeSecrets:
    return EdgeSecrets(store.read, lambda: store.now)


def test_every_value_is_accepted_and_nothing_else(store: Store, secrets: EdgeSecrets) -> None:
    store.put(**{"1": "first", "2": "second"})
    assert secrets.accepts("first")
    assert secrets.accepts("second")
    for wrong in ("", "firs", "first ", "First", "1", "firstsecond", "fïrst"):
        assert not secrets.accepts(wrong)


def test_known_values_need_no_read(store: Store, secrets: EdgeSecrets) -> None:
    assert all(secrets.accepts("first") for _ in range(100))
    assert store.reads == 1


def test_a_new_value_is_accepted_without_waiting_for_the_cache(store: Store, secrets: EdgeSecrets) -> None:
    assert secrets.accepts("first")
    store.put(**{"1": "first", "2": "second"})
    store.now += RETRY_SECONDS
    assert secrets.accepts("second")


def test_wrong_values_cause_few_reads(store: Store, secrets: EdgeSecrets) -> None:
    for _ in range(1_000):
        assert not secrets.accepts("wrong")
        store.now += 0.1
    assert store.reads <= 1 + 100 / RETRY_SECONDS


def test_both_values_are_accepted_in_turn_while_cloudfront_changes_over(
    store: Store, secrets: EdgeSecrets
) -> None:
    """CloudFront's servers change over one after the other."""
    store.put(**{"1": "first", "2": "second"})
    for value in ("first", "second", "first", "second"):
        assert secrets.accepts(value)
        store.now += CACHE_SECONDS / 3


def test_a_removed_value_is_refused_once_the_cache_has_expired(store: Store, secrets: EdgeSecrets) -> None:
    assert secrets.accepts("first")
    store.put(**{"2": "second"})
    store.now += CACHE_SECONDS
    assert not secrets.accepts("first")
    assert secrets.accepts("second")


def test_an_outage_of_secrets_manager_refuses_nobody_who_was_accepted(
    store: Store, secrets: EdgeSecrets
) -> None:
    assert secrets.accepts("first")
    store.text = None
    store.now += 10 * CACHE_SECONDS
    assert secrets.accepts("first")


def test_an_unknown_value_in_an_outage_may_be_a_new_one(store: Store, secrets: EdgeSecrets) -> None:
    """A client repeats 503, and would not repeat 403."""
    assert secrets.accepts("first")
    store.text = None
    store.now += RETRY_SECONDS
    for _ in range(3):
        with pytest.raises(Unavailable):
            secrets.accepts("second")
    assert store.reads == 2
    store.put(**{"1": "first", "2": "second"})
    store.now += FAULT_SECONDS
    assert secrets.accepts("second")


def test_a_process_that_has_read_nothing_accepts_nobody(store: Store, secrets: EdgeSecrets) -> None:
    store.text = None
    with pytest.raises(Unavailable):
        secrets.accepts("first")
    secrets.load()
    with pytest.raises(Unavailable):
        secrets.accepts("first")


@pytest.mark.parametrize("text", ["", "first", "[]", "{}", '{"1": ""}', '{"1": 1}', "null"])
def test_a_secret_without_a_value_accepts_nobody(store: Store, secrets: EdgeSecrets, text: str) -> None:
    store.text = text
    for value in ("", "first", "1"):
        with pytest.raises(Unavailable) as caught:
            secrets.accepts(value)
        assert "first" not in str(caught.value)
