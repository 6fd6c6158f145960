"""Output of the command: characters that would control a terminal, colours, and bars where there is a terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airlock_client.cli.output import print_error, print_line, print_table

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2] / "clients" / "python" / "src"), "TERM": "xterm"}
BAR = """
from airlock_client.cli.progress_bars import show_progress
with show_progress() as bars:
    if on_progress := bars.add("film.mp4", 10):
        on_progress(10, 10)
"""
ERROR = "from airlock_client.cli.output import print_error; print_error('refused')"
NAME = "a\x1b[2J\r\x9b31m.pdf"
ESCAPED = "a\\x1b[2J\\r\\x9b31m.pdf"


def read_terminal(script: str, **environment: str) -> str:
    """Returns what a script writes to stderr, which is a terminal."""
    master, terminal = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as output:
        command = [sys.executable, "-c", script]
        subprocess.run(command, stderr=terminal, env=ENVIRONMENT | environment, check=True)
        os.close(terminal)
        return output.read(65536).decode()


def print_row(text: str) -> None:
    print_table(["name"], [[text]])


@pytest.mark.parametrize("print_text", [print_line, print_error, print_row])
def test_a_file_name_does_not_control_the_terminal(
    print_text: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    print_text(NAME)

    captured = capsys.readouterr()
    assert ESCAPED in captured.out + captured.err


def test_a_terminal_shows_a_bar_for_each_file() -> None:
    assert "film.mp4" in read_terminal(BAR)


def test_a_pipe_shows_no_bar() -> None:
    result = subprocess.run([sys.executable, "-c", BAR], env=ENVIRONMENT, capture_output=True, check=True)

    assert (result.stdout, result.stderr) == (b"", b"")


def test_an_error_is_red_in_a_terminal() -> None:
    assert read_terminal(ERROR) == "\x1b[31mrefused\x1b[0m\r\n"


def test_an_error_has_no_colour_where_the_environment_asks_for_none() -> None:
    assert read_terminal(ERROR, NO_COLOR="1") == "refused\r\n"
