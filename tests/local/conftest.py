"""Two local AWS for all tests here: one with its gaps closed, one as MiniStack comes."""

from collections.abc import Iterator

import pytest

from local.aws import running_emulator
from tests.local.account import Account


@pytest.fixture(scope="session")
def closed() -> Iterator[Account]:
    with running_emulator(0) as emulator:
        yield Account.on(emulator)


@pytest.fixture(scope="session")
def as_it_comes() -> Iterator[Account]:
    with running_emulator(0, module="ministack") as emulator:
        yield Account.on(emulator)
