"""Output of the commands: tables and sentences for people, JSON for programs. Progress and errors go to stderr.

rich is imported for a table and for a terminal, because it takes a tenth of the time in which a command starts. A stream is None
where the process has none.
"""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any, TextIO

from airlock_client.codes import MESSAGES
from airlock_client.errors import AirlockError, ProblemError
from airlock_client.models import Document

_PIPE_WIDTH = 1000
"""Columns of a table that is not in a terminal, so that no line is broken."""
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def accept_every_name() -> None:
    """Prints a character that the encoding of stdout lacks as an escape. That of a redirect on Windows lacks most of them."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def print_json(value: object) -> None:
    """Prints one line of ASCII, so that it is JSON in every encoding."""
    write_line(sys.stdout, json.dumps(value))


def print_line(text: str) -> None:
    """Prints a line. Parts of it may come from a file name, so that no character of it may control the terminal."""
    write_line(sys.stdout, escape_controls(text))


def print_error(text: str) -> None:
    """Prints a line, in red where stderr is a terminal with colours."""
    line = escape_controls(text)
    if not is_terminal(sys.stderr) and not os.environ.get("FORCE_COLOR"):
        write_line(sys.stderr, line)
        return
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text(line, style="red"))


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column != "name")
    for row in rows:
        table.add_row(*(Text(escape_controls(cell)) for cell in row))
    Console(soft_wrap=True, width=None if is_terminal(sys.stdout) else _PIPE_WIDTH).print(table)


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def escape_controls(text: str) -> str:
    """Returns the text with control characters as escapes, line ends among them, so that a name is one line."""
    return "".join(
        repr(character)[1:-1] if unicodedata.category(character) == "Cc" else character for character in text
    )


def write_line(stream: TextIO | None, line: str) -> None:
    """Writes the line as it is."""
    if stream is not None:
        stream.write(line + "\n")
        stream.flush()


def document_json(document: Document) -> dict[str, Any]:
    return document.to_json()


def error_json(error: AirlockError) -> dict[str, Any]:
    fields: dict[str, Any] = {"code": error.code, "detail": error.detail}
    if isinstance(error, ProblemError):
        fields |= {"status": error.status, "requestId": error.request_id}
    return fields


def describe_outcome(document: Document) -> str:
    """Returns the status, and the reason as a sentence."""
    details = [step.detail for step in document.steps if step.status == "rejected" and step.detail]
    reason = MESSAGES.get(document.reason, document.reason) if document.reason else None
    sentences = [text for text in (reason, *details) if text]
    return f"{document.status}: {' '.join(sentences)}" if sentences else document.status


def format_size(size: int) -> str:
    """Returns a size with three digits and a unit."""
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.3g} {_UNITS[unit]}"
