"""Output of the command: characters that would control a terminal, colours, and bars where there is a terminal."""

import os
import pty
from collections.abc import Callable, Mapping

import pytest

from airlock_client.cli.output import print_error, print_line, print_table
from tests.python_client.scripts import run_script

NAME = "a\x1b[2J\r\n\x9b31m.pdf"
ESCAPED = "a\\x1b[2J\\r\\n\\x9b31m.pdf"
BAR = f"""
from airlock_client.cli.output import print_line
from airlock_client.cli.progress_bars import show_progress
with show_progress() as bars:
    if on_progress := bars.add({NAME!r}, 10):
        on_progress(10, 10)
    print_line("saved")
"""
ERROR = "from airlock_client.cli.output import print_error; print_error('refused')"
INTERRUPTED = """
import os, signal
from airlock_client.cli.interrupts import exit_on_interrupt
from airlock_client.cli.progress_bars import show_progress
with exit_on_interrupt(), show_progress() as bars:
    os.kill(os.getpid(), signal.SIGINT)
"""
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


def run_in_terminal(script: str, exit_code: int = 0, variables: Mapping[str, str] = {}) -> tuple[str, str]:
    """Returns what a script writes to stdout, which is a pipe, and to stderr, which is a terminal."""
    master, terminal = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as errors:
        result = run_script(script, variables, stderr=terminal)
        os.close(terminal)
        assert result.returncode == exit_code
        return result.stdout.decode(), errors.read(65536).decode()


def print_row(text: str) -> None:
    print_table(["name"], [[text]])


@pytest.mark.parametrize("print_text", [print_line, print_error, print_row])
def test_a_file_name_does_not_control_the_terminal(
    print_text: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    print_text(NAME)

    captured = capsys.readouterr()
    assert ESCAPED in captured.out + captured.err


def test_a_terminal_shows_a_bar_for_each_file_and_the_output_goes_where_it_leads() -> None:
    output, errors = run_in_terminal(BAR)

    assert ESCAPED in errors
    assert output == "saved\n"


def test_a_pipe_shows_no_bar() -> None:
    result = run_script(BAR)

    assert (result.stdout, result.stderr) == (b"saved\n", b"")


def test_a_process_without_streams_runs() -> None:
    script = f"import sys; sys.stdout = sys.stderr = None\n{BAR}\n{ERROR}"

    assert run_script(script).returncode == 0


def test_an_interrupted_command_shows_the_cursor_again() -> None:
    _, errors = run_in_terminal(INTERRUPTED, 130)

    assert errors.index(HIDE_CURSOR) < errors.index(SHOW_CURSOR) < errors.index("Interrupted.")


def test_an_interrupted_command_ends_also_if_nobody_reads_its_errors() -> None:
    reader, writer = os.pipe()
    os.close(reader)

    assert run_script(INTERRUPTED, stderr=writer).returncode == 130
    os.close(writer)


def test_an_error_is_red_in_a_terminal() -> None:
    assert run_in_terminal(ERROR)[1] == "\x1b[31mrefused\x1b[0m\r\n"


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "TERM"])
def test_an_error_has_no_colour_where_the_environment_asks_for_none(variable: dict[str, str]) -> None:
    assert run_in_terminal(ERROR, variables=variable)[1] == "refused\r\n"


def test_an_error_is_red_in_a_pipe_where_the_environment_asks_for_it() -> None:
    result = run_script(ERROR, {"FORCE_COLOR": "1"})

    assert result.stderr == b"\x1b[31mrefused\x1b[0m\n"


def test_a_name_that_the_encoding_of_stderr_lacks_is_printed_with_an_escape() -> None:
    script = "from airlock_client.cli.output import print_error; print_error('\\udcff\\u732b.pdf')"

    result = run_script(script, {"PYTHONIOENCODING": "ascii"})

    assert result.stderr == b"\\udcff\\u732b.pdf\n"
