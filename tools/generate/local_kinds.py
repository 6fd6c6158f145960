"""Renders `local/kinds.toml`: the kinds of functions/kinds.toml, with those that are commented out there because they cost money."""

import re
from pathlib import Path

_SOURCE = Path(__file__).parents[2] / "functions" / "kinds.toml"
_COMMENTED = re.compile(r"^# (\[upload\]\n(?:# .*\n)*)", re.MULTILINE)
_HEAD = "# Generated from functions/kinds.toml by `make generate`: its kinds, after those that need a malware scanner.\n"


def render() -> str:
    """Returns the file. A create without `kind` gets the first kind that fits, so those with a scanner come first."""
    source = _SOURCE.read_text("utf-8")
    scanned = "\n".join(re.sub(r"^# ?", "", each, flags=re.MULTILINE) for each in _COMMENTED.findall(source))
    kinds = source[source.index("\n[") :]
    return f"{_HEAD}\n{scanned}{kinds}"
