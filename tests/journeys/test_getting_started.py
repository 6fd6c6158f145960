"""README.md and docs/getting-started.md: each command prints what the page shows, in a checkout, from the first to the last."""

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import ROOT
from tests.journeys.checkout import copy_checkout
from tests.journeys.console_blocks import Block, Command, read_blocks
from tests.journeys.terminal import Terminal

PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/getting-started.md")}
NEEDS_ACCOUNT = "needs an AWS account"
STAYS = "Ctrl-C stops the stack."
"""A command that prints this keeps its terminal, and a person opens another one."""
_INSTALLED = {
    "PYTHONPATH": sysconfig.get_path("purelib"),
    "PIP_NO_BUILD_ISOLATION": "false",  # pip reads it as the option is named: no isolation
    "PIP_QUIET": "2",
}
"""pip finds what a package needs in the environment of the tests, and downloads nothing."""


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator["Terminals"]:
    opened = Terminals(copy_checkout(tmp_path))
    try:
        yield opened
    finally:
        opened.close()


class Terminals:
    """The terminals of a person, of which the last one is in use. A free port is that of the page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = os.environ | _INSTALLED | {"PORT": "0", "AIRLOCK_HOME": str(folder / "home")}
        self._opened: list[Terminal] = []
        self._in_use: Terminal | None = None

    def run(self, command: Command) -> list[str]:
        if self._in_use is None:
            self._in_use = Terminal(self._folder, self._environment)
            self._opened.append(self._in_use)
        terminal = self._in_use
        if STAYS not in command.output:
            return terminal.run(command.text)
        self._in_use = None
        return terminal.run(command.text, until=STAYS)

    def close(self) -> None:
        for terminal in reversed(self._opened):
            terminal.interrupt()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_shows(terminals: Terminals, page: str) -> None:
    commands = [
        command for block in read_blocks(PAGES[page]) if _can_run(block) for command in block.commands
    ]
    assert len(commands) > 12
    for command in commands:
        printed = terminals.run(command)
        assert command.matches(printed), f"$ {command.text}\n" + "\n".join(printed)


def test_only_the_deployment_is_not_run() -> None:
    left_out = [
        command.text
        for page in PAGES.values()
        for block in read_blocks(page)
        if not _can_run(block)
        for command in block.commands
    ]
    assert left_out == [
        "make deploy stage=prod webOrigins=https://app.example.com alarmEmail=ops@example.com",
        "make bootstrap",
        "make deploy stage=prod webOrigins=https://app.example.com alarmEmail=ops@example.com",
    ]


def _can_run(block: Block) -> bool:
    assert block.note in {None, NEEDS_ACCOUNT}
    return block.note is None
