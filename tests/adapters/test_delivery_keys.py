"""The key that signs: how often Secrets Manager is asked, and for how long a key is used without an answer."""

import pytest

from functions.adapters.delivery_keys import CachedTrustedKey
from functions.adapters.p256_key import P256Key
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.signing.delivery_keys import MAX_AGE_SECONDS, REFRESH_SECONDS, DeliveryKey, DeliveryKeys
from tests.examples import NOW

OLD, NEW = P256Key.generate(), P256Key.generate()
IDS = {OLD.public_key().thumbprint: "K-OLD", NEW.public_key().thumbprint: "K-NEW"}


def entry(key: P256Key) -> DeliveryKey:
    return DeliveryKey(key.public_key().thumbprint, key.to_text())


class Secret:
    """A secret that can fail, and the clock. `reads` counts requests."""

    def __init__(self) -> None:
        self.keys = DeliveryKeys((entry(OLD),), OLD.public_key().thumbprint, NOW)
        self.is_down = False
        self.reads = 0
        self.now = 1_000.0
        self.key = CachedTrustedKey(self.read, IDS, lambda: self.now)

    def read(self) -> str:
        self.reads += 1
        if self.is_down:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "down", retry_after=1)
        return self.keys.to_json()


@pytest.fixture
def secret() -> Secret:
    return Secret()


def test_the_secret_is_read_once_in_five_minutes(secret: Secret) -> None:
    first = secret.key()
    secret.now += REFRESH_SECONDS - 1
    assert secret.key() is first
    assert (first.id, secret.reads) == ("K-OLD", 1)


def test_another_key_signs_at_most_five_minutes_after_the_switch(secret: Secret) -> None:
    secret.key()
    secret.keys = secret.keys.add(entry(NEW)).switch(NOW)
    secret.now += REFRESH_SECONDS
    assert secret.key().id == "K-NEW"
    assert secret.key().key.public_key() == NEW.public_key()


def test_the_key_is_used_for_an_hour_while_secrets_manager_is_down(secret: Secret) -> None:
    secret.key()
    secret.is_down = True
    secret.now += REFRESH_SECONDS
    assert [secret.key().id, secret.key().id, secret.reads] == ["K-OLD", "K-OLD", 2]
    secret.now += MAX_AGE_SECONDS - REFRESH_SECONDS - 1
    assert secret.key().id == "K-OLD"
    secret.now += 31
    with pytest.raises(Unavailable):
        secret.key()


def test_without_a_first_answer_there_is_no_url(secret: Secret) -> None:
    secret.is_down = True
    with pytest.raises(Unavailable):
        secret.key()
    secret.is_down = False
    assert secret.key().id == "K-OLD"
