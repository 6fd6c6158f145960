"""Renders the table of context keys in `docs/settings.md` from the fields of Deployment."""

from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from functions.function_options import FunctionOptions
from functions.option_types import Number
from infra.context import Deployment
from infra.options import accepted_values, context_key, option

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_BEGIN, _END = "<!-- settings:begin -->", "<!-- settings:end -->"
_LARGER_UNITS = {
    "seconds": [("day", 86_400), ("hour", 3_600), ("minute", 60)],
    "days": [],
    "bytes": [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20)],
    "count": [],
}


def render() -> str:
    """Returns the whole page. Its prose is written by hand, so only the table is rendered."""
    return with_current_table(PAGE.read_text("utf-8"))


def settings_table() -> str:
    """Returns a Markdown table with a row per context key: those of the stack, then those of the functions."""
    inherited = {field.name for field in fields(FunctionOptions)}
    rows = [
        ("Key", "Accepted values", "Default", "Description"),
        ("---", "---", "---", "---"),
        *map(_row, sorted(fields(Deployment), key=lambda field: field.name in inherited)),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_current_table(page: str) -> str:
    """Returns the page with the table between its two markers replaced."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    return f"{before}{begin}\n{settings_table()}{end}{after}"


def _row(field: "Field[Any]") -> tuple[str, str, str, str]:
    described = option(field)
    default = _default(field.default, described.unit if isinstance(described, Number) else "count")
    return f"`{context_key(field.name)}`", accepted_values(described), default, described.doc


def _default(value: object, unit: str) -> str:
    if value in (None, (), ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int):
        return f"`{value}`{_in_a_larger_unit(value, unit)}"
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


def _in_a_larger_unit(value: int, unit: str) -> str:
    """` (5 minutes)` for 300 seconds; empty where no larger unit divides the value."""
    for name, size in _LARGER_UNITS[unit]:
        if value and value % size == 0:
            plural = "s" if unit == "seconds" and value != size else ""
            return f" ({value // size} {name}{plural})"
    return ""
