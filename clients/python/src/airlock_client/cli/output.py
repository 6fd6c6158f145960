"""Output of the commands: tables and sentences for people, JSON for programs. Progress and errors go to stderr."""

import json
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from airlock_client.codes import MESSAGES
from airlock_client.errors import AirlockError, ProblemError
from airlock_client.models import Document

STDERR = Console(stderr=True, soft_wrap=True)
_STDOUT = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 1000)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def accept_every_name() -> None:
    """Prints a character that the encoding of stdout lacks as an escape. That of a redirect on Windows lacks most of them."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def print_json(value: object) -> None:
    """Prints one line of ASCII, so that it is JSON in every encoding."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """Prints a line without colours or markup, because parts of it may come from a file name."""
    _STDOUT.print(Text(text))


def print_error(text: str) -> None:
    STDERR.print(Text(text, style="red"))


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column != "name")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    _STDOUT.print(table)


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
