"""An account, a function's environment and the doors to both, new for each test."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions import wiring
from strict_s3 import strict_s3_client
from tests.lambdas.account import ACCESS_KEY, SECRET, TOKEN, Account, forget_wiring, new_account
from tests.lambdas.api import Api


class Delay:
    """How far the clock of the S3 front is ahead of the functions'."""

    by = timedelta(0)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with new_account() as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        forget_wiring()
        yield made
    forget_wiring()


@pytest.fixture
def deploy(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes settings, as a deployment does."""

    def deployed(**changes: Any) -> None:
        for name, value in account.environment(**changes).items():
            monkeypatch.setenv(name, value)
        forget_wiring()

    return deployed


@pytest.fixture
def ada(account: Account) -> Api:
    return Api("ada")


@pytest.fixture
def grace(account: Account) -> Api:
    return Api("grace")


@pytest.fixture
def delay() -> Delay:
    return Delay()


@pytest.fixture
def s3(account: Account, delay: Delay) -> Iterator[httpx.Client]:
    """The only door to S3 for a client of the service."""
    with strict_s3_client({ACCESS_KEY: (SECRET, TOKEN)}, lambda: wiring.now() + delay.by) as client:
        yield client
