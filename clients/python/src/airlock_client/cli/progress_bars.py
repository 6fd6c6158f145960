"""Progress bars on stderr, one for each transfer, where it is a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airlock_client.cli.output import escape_controls, is_terminal
from airlock_client.progress import OnProgress

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressBars:
    """Bars of a command. None shows nothing."""

    def __init__(self, progress: "Progress | None") -> None:
        self._progress = progress

    def add(self, name: str, total: int) -> OnProgress | None:
        """Returns the function that moves a new bar."""
        progress = self._progress
        if progress is None:
            return None
        task = progress.add_task(escape_controls(name), total=total)
        return lambda loaded, _: progress.update(task, completed=loaded)


@contextmanager
def show_progress() -> Iterator[ProgressBars]:
    """Shows the bars until the end of the context."""
    if not is_terminal(sys.stderr):
        yield ProgressBars(None)
        return
    with _create_progress() as progress:
        yield ProgressBars(progress)


def _create_progress() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True, soft_wrap=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        # A line of output goes above the bars of the same terminal, and otherwise to where stdout leads.
        redirect_stdout=is_terminal(sys.stdout),
        redirect_stderr=False,
    )
