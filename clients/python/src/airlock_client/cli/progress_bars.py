"""Progress bars on stderr, one for each transfer."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from airlock_client.cli.output import STDERR
from airlock_client.progress import OnProgress


class ProgressBars:
    """Bars of a command. Without a terminal, nothing is shown."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def add(self, name: str, total: int) -> OnProgress:
        """Returns the function that moves a new bar."""
        task = self._progress.add_task(name, total=total)
        return lambda loaded, _: self._progress.update(task, completed=loaded)


@contextmanager
def show_progress() -> Iterator[ProgressBars]:
    """Shows the bars until the end of the context."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=STDERR, disable=not STDERR.is_terminal) as progress:
        yield ProgressBars(progress)
