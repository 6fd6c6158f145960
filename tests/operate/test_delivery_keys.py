"""The keys of delivery on moto: created before a deployment, rotated, and never removed while a URL of them may be valid."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.signing.delivery_keys import DeliveryKeys, secret_name
from functions.signing.jws import PublicKey
from operate.delivery_keys import WAIT, KeyStore, list_public_keys
from operate.errors import OperateError

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STACK = "Airlock-keys"


@pytest.fixture
def client(session: boto3.Session) -> Iterator[Any]:
    client = session.client("secretsmanager")
    yield client
    if client.list_secrets()["SecretList"]:
        client.delete_secret(SecretId=secret_name(STACK), ForceDeleteWithoutRecovery=True)


@pytest.fixture
def store(client: Any) -> KeyStore:
    return KeyStore(client, STACK)


def ids(keys: DeliveryKeys) -> frozenset[str]:
    return frozenset(keys.ids)


def test_the_first_key_signs_and_the_second_one_waits(store: KeyStore) -> None:
    first = store.create(NOW)
    second = store.create(NOW)
    assert (first.current, len(second.keys)) == (second.current, 2)
    assert store.require() == second


def test_the_printed_keys_are_those_of_the_context(store: KeyStore) -> None:
    keys = store.create(NOW)
    [printed] = list_public_keys(keys)
    assert PublicKey.from_der(base64.b64decode(printed)).thumbprint == keys.current


def test_a_rotation_leaves_the_new_key_alone(store: KeyStore) -> None:
    first = store.create(NOW)
    both = store.create(NOW)
    switched = store.switch(ids(both), NOW)
    assert switched.current != first.current
    assert store.remove(NOW + WAIT).ids == (switched.current,)


def test_a_key_that_is_not_deployed_never_signs(store: KeyStore) -> None:
    first = store.create(NOW)
    store.create(NOW)
    with pytest.raises(OperateError, match="not deployed"):
        store.switch(ids(first), NOW)
    assert store.require().current == first.current


def test_a_key_is_not_removed_while_its_urls_may_be_valid(store: KeyStore) -> None:
    store.create(NOW)
    both = store.create(NOW)
    store.switch(ids(both), NOW)
    with pytest.raises(OperateError, match="may be valid until 2026-11-29T13:05:00"):
        store.remove(NOW + WAIT - timedelta(seconds=1))
    assert store.require().ids == both.ids


def test_a_switch_needs_two_keys_and_a_third_is_refused(store: KeyStore) -> None:
    with pytest.raises(OperateError, match="no keys"):
        store.switch(frozenset(), NOW)
    first = store.create(NOW)
    with pytest.raises(OperateError, match="no other key"):
        store.switch(ids(first), NOW)
    store.create(NOW)
    with pytest.raises(OperateError, match="two keys"):
        store.create(NOW)


def test_a_value_that_is_no_key_is_not_shown(store: KeyStore, client: Any) -> None:
    client.create_secret(Name=store.name, SecretString="broken-value")
    with pytest.raises(OperateError) as caught:
        store.require()
    assert "broken-value" not in str(caught.value)
