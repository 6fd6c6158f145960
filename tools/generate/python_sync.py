"""Renders the modules of `_sync` of clients/python from those of `_async`, word by word, as unasync does."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tools.generate.ruff_format import format_python

PACKAGE = Path(__file__).parents[2] / "clients" / "python" / "src" / "airlock_client"
_WRITTEN_BY_HAND = frozenset({"_io.py"})
"""Threads and tasks differ by more than words."""
_REPLACEMENTS = (
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAwaitable\[([\w |]+)\]", r"\1"),
    (r"\bAsync(AirlockClient|Iterator)\b", r"\1"),
    (r"\b_async\b", "_sync"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\ba(close|read|iter_raw)\b", r"\1"),
    (r"  # noqa: ASYNC109", ""),
    ("for asyncio, and the source of `_sync`", "for threads"),
)
_HEAD = "# Generated from `_async` by `make generate`.\n"


def list_modules() -> dict[str, Callable[[], str]]:
    """Returns the renderer of each generated module by its name."""
    sources = sorted(path for path in (PACKAGE / "_async").glob("*.py") if path.name not in _WRITTEN_BY_HAND)
    return {path.name: partial(_render, path) for path in sources}


def _render(path: Path) -> str:
    source = path.read_text("utf-8")
    for pattern, replacement in _REPLACEMENTS:
        source = re.sub(pattern, replacement, source)
    return format_python(_HEAD + source)
