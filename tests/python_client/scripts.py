"""Scripts that run in a process of their own, with the client of this checkout."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "clients" / "python" / "src"


def run_script(
    script: str,
    variables: Mapping[str, str] = {},
    *,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    """Runs Python with `variables` as its environment, beside a terminal of the kind xterm."""
    environment = {"PYTHONPATH": str(SOURCE), "TERM": "xterm", **variables}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, stdout=stdout, stderr=stderr, check=False)
