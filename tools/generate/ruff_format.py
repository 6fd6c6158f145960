"""Formats generated Python modules as `make lint` requires."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_NAME = "clients/python/src/airlock_client/generated.py"


def format_python(source: str) -> str:
    """Returns the module as ruff formats it. Raises CalledProcessError for text that is not Python."""
    for arguments in (("check", "--quiet", "--select", "I,F401,UP", "--fix-only"), ("format",)):
        source = subprocess.run(  # noqa: S603 (the arguments are constants)
            [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", _NAME, "-"],
            cwd=_ROOT,
            input=source,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return source
