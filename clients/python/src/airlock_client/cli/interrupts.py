"""Ctrl-C during a transfer ends the command at once, without waiting for requests in other threads.

That loses nothing, because the state on disk is always complete, as it is for SIGKILL.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from airlock_client.cli.exit_codes import ExitCode
from airlock_client.cli.output import is_terminal, write_line

MESSAGE = "Interrupted. The same command continues where this one has stopped."
_SHOW_CURSOR = "\x1b[?25h"
"""Ends what progress bars have begun (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, DECTCEM)."""
_WITHOUT_CURSOR = ("dumb", "unknown")
"""Terminals without control sequences."""


@contextmanager
def exit_on_interrupt() -> Iterator[None]:
    """Handles SIGINT until the end of the context."""
    before = signal.signal(signal.SIGINT, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _exit(*_: object) -> None:
    try:
        stderr = sys.stderr
        if is_terminal(stderr):
            stderr.write("\n" if os.environ.get("TERM") in _WITHOUT_CURSOR else f"{_SHOW_CURSOR}\n")
        # Without rich, whose import may be what was interrupted.
        write_line(stderr, MESSAGE)
    finally:
        # Also if Ctrl-C has ended the process that reads stderr.
        os._exit(ExitCode.INTERRUPTED)
