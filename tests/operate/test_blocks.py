"""The commands `block` and `unblock` on moto."""

import pytest

from functions.domain.codes import Code
from functions.domain.errors import WrongState
from operate.__main__ import main
from operate.deployment import Deployment
from tests.examples import NOW, PLENTY, a_document, an_id
from tests.moto_account import Table
from tests.operate.conftest import OWNER


def create(table: Table, number: int) -> None:
    table.repository.create(a_document(owner=OWNER, id=an_id(number)), PLENTY, None, NOW)


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", *words, "--owner", OWNER], deployment)


@pytest.mark.parametrize("earlier", [0, 1], ids=["before the first create", "after a create"])
def test_a_blocked_owner_creates_again_after_unblock(
    deployment: Deployment, table: Table, earlier: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(earlier):
        create(table, number)
    assert run(deployment, "block", "--reason", "ticket-1") == 0
    with pytest.raises(WrongState) as error:
        create(table, 7)
    assert error.value.code is Code.OWNER_BLOCKED
    capsys.readouterr()
    run(deployment, "usage")
    assert ": ticket-1" in capsys.readouterr().out
    assert run(deployment, "unblock") == 0
    assert "may create documents again" in capsys.readouterr().out
    create(table, 8)
    assert table.repository.get(OWNER, an_id(8)) is not None


def test_an_owner_who_is_not_blocked_is_left_alone(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(deployment, "unblock") == 0
    assert "was not blocked" in capsys.readouterr().out
