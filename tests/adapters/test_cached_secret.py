"""The value of a secret: how often it is requested, and the fault of a request."""

import pytest

from functions.adapters.cached_secret import CACHE_SECONDS, CachedSecret
from functions.domain.codes import Code
from functions.domain.errors import Unavailable


def test_a_value_is_requested_again_after_five_minutes() -> None:
    now, values = [0.0], iter(["first", "second"])
    secret = CachedSecret(lambda: next(values), lambda: now[0])
    assert [secret.read(), secret.read()] == ["first", "first"]
    now[0] = CACHE_SECONDS - 1
    assert secret.read() == "first"
    now[0] = CACHE_SECONDS
    assert secret.read() == "second"
    assert "second" not in repr(secret)


def test_a_fault_is_reported_and_the_next_read_requests_the_value_again() -> None:
    requests: list[str] = []

    def read() -> str:
        requests.append("GetSecretValue")
        if len(requests) == 1:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, retry_after=1)
        return "a-value"

    secret = CachedSecret(read)
    with pytest.raises(Unavailable):
        secret.read()
    assert [secret.read(), secret.read()] == ["a-value", "a-value"]
    assert len(requests) == 2
