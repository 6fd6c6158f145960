"""The pages for operators: every command line in them is valid, and every command has a section."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from operate.__main__ import main
from operate.commands import NAMES
from operate.doctor.checks import CHECKS
from operate.url_switch import build_stop_statement
from tests.runbooks import DOCS, PAGES, list_commands

OPERATOR = DOCS.parent / "operate" / "policy.json"
READER = DOCS / "policies" / "reader.json"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_line_of_a_page_is_valid(page: Path) -> None:
    commands = list_commands(page)
    assert commands
    for command in commands:
        assert find_error(command) is None, command


def find_error(command: str) -> str | None:
    """Returns the error of the parser, None if it rejects only the last word."""
    error = io.StringIO()
    words = command.split()
    with contextlib.redirect_stderr(error), contextlib.suppress(SystemExit):
        main([*words, "--invalid-option-at-the-end"])
    message = error.getvalue().strip().splitlines()[-1]
    return None if message.endswith("unrecognized arguments: --invalid-option-at-the-end") else message


def test_every_command_has_a_section() -> None:
    page = (DOCS / "operate.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_the_statement_of_stop_urls_is_the_documented_one() -> None:
    section = (DOCS / "security.md").read_text("utf-8").partition("## Stop every URL")[2]
    [block] = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    assert json.loads(block) == build_stop_statement("BUCKET")


def test_a_reader_has_the_rights_of_every_check_but_those_to_read_secrets() -> None:
    needed = {
        action
        for check in CHECKS.values()
        for action in re.findall(r"[a-z0-9-]+:[A-Z]\w+", check.__doc__ or "")
    }
    assert {each for each in needed - list_actions(READER) if not each.startswith("secretsmanager:")} == set()


def test_a_reader_may_change_nothing_and_has_no_right_that_an_operator_has_not() -> None:
    reads = re.compile(r"(apigateway:GET|kms:Decrypt|[a-z0-9-]+:(Describe|Get|List|Query|Scan)\w*)$")
    assert [action for action in list_actions(READER) if not reads.match(action)] == []
    assert list_actions(READER) <= list_actions(OPERATOR)


def list_actions(policy: Path) -> set[str]:
    return {
        action
        for statement in json.loads(policy.read_text("utf-8"))["Statement"]
        for action in statement["Action"]
    }
