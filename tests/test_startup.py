"""The start of a process: in Lambda it prepares and freezes, elsewhere it changes nothing."""

import gc
from collections.abc import Iterator

import pytest

from functions.startup import begin_init, finish_init


@pytest.fixture
def _in_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "uploads")
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("_in_lambda")
def test_in_lambda_garbage_collection_is_off_until_the_start_is_finished() -> None:
    begin_init()
    assert not gc.isenabled()
    finish_init()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


@pytest.mark.usefixtures("_in_lambda")
def test_a_preparation_that_fails_does_not_prevent_the_next_one() -> None:
    prepared = []

    def fail() -> None:
        raise OSError

    finish_init(fail, lambda: prepared.append("connection"))
    assert prepared == ["connection"]


def test_outside_lambda_the_start_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    prepared: list[str] = []
    begin_init()
    finish_init(lambda: prepared.append("connection"))
    assert gc.isenabled()
    assert (prepared, gc.get_freeze_count()) == ([], 0)
