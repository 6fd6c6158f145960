"""One local AWS, without the stack, for all tests here."""

from collections.abc import Iterator

import pytest

from local.aws import start_emulator
from tests.local.account import Account, create_account


@pytest.fixture(scope="session")
def account() -> Iterator[Account]:
    with start_emulator(0) as emulator:
        yield create_account(emulator)
