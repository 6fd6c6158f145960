"""Two MiniStacks for all tests here: one with its gaps closed, one as published."""

from collections.abc import Iterator

import pytest

from tools.ministack_gaps.tests.account import Account, create_account
from tools.ministack_gaps.tests.server import start_server


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account on a MiniStack with its gaps closed."""
    with start_server("ministack_gaps", tmp_path_factory.mktemp("closed")) as server:
        yield create_account(server)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account on the MiniStack that is published. A test that fails only here means: remove the gap."""
    with start_server("ministack", tmp_path_factory.mktemp("published")) as server:
        yield create_account(server)
