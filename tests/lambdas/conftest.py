"""Fixtures: an account, the environment of the functions, and clients of the API and of S3, new for each test."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from moto import mock_aws

from functions import wiring
from strict_s3 import strict_s3_client
from tests.lambdas.account import ACCESS_KEY, SECRET, TOKEN, Account, forget_wiring, new_account
from tests.lambdas.api import Api


class Delay:
    """Time by which the clock of the S3 front is ahead of that of the functions."""

    by = timedelta(0)


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    """Starts moto once for all tests of a module, because a start registers 1,300 addresses."""
    with mock_aws():
        yield


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with new_account() as new:
        for name, value in new.environment().items():
            monkeypatch.setenv(name, value)
        forget_wiring()
        yield new
    forget_wiring()


@pytest.fixture
def deploy(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Returns a function that changes settings, as a deployment does."""

    def redeploy(**changes: Any) -> None:
        for name, value in account.environment(**changes).items():
            monkeypatch.setenv(name, value)
        forget_wiring()

    return redeploy


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
    """A client of S3 that has no credentials, only presigned URLs."""
    with strict_s3_client({ACCESS_KEY: (SECRET, TOKEN)}, lambda: wiring.now() + delay.by) as client:
        yield client
