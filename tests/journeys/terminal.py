"""A terminal: one bash that runs commands one after the other, in a folder."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Timer

_END = "--- end of the command"
_TIMEOUT = 120.0
"""Seconds for one command. The longest one installs packages."""


class Terminal:
    """Its commands share variables and jobs. Standard error is part of what they print."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            # A process in the background ignores Ctrl-C, and so does what it starts.
            ["env", "--default-signal=INT", "bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str, until: str = _END) -> list[str]:
        """Returns the lines that a command prints, up to its end or to the line `until`, at which it goes on."""
        timer = Timer(_TIMEOUT, os.killpg, (self._bash.pid, signal.SIGKILL))
        timer.start()
        with NamedTemporaryFile("w", suffix=".sh") as script:
            script.write(command + "\n")
            script.flush()
            self._write(f"source {script.name} < /dev/null; printf '\\n%s\\n' '{_END}'\n")
            try:
                return self._read(until)
            finally:
                timer.cancel()

    def interrupt(self) -> None:
        """Sends Ctrl-C to the command that runs, and closes the terminal."""
        os.killpg(self._bash.pid, signal.SIGINT)
        self.close()

    def close(self) -> None:
        """Ends bash after its last command."""
        self._bash.communicate(timeout=60)

    def _write(self, line: str) -> None:
        assert self._bash.stdin is not None
        self._bash.stdin.write(line)
        self._bash.stdin.flush()

    def _read(self, until: str) -> list[str]:
        assert self._bash.stdout is not None
        lines: list[str] = []
        for line in self._bash.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1] == until:
                return lines if until != _END else _without_end(lines)
        raise AssertionError("\n".join(lines))


def _without_end(lines: list[str]) -> list[str]:
    """The end is printed after an empty line, because a command may print no end of its last line."""
    printed = lines[:-1]
    return printed[:-1] if printed and not printed[-1] else printed
