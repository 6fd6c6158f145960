"""The worker processes of the Lambda functions and the peak of their memory, from /proc. Linux only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.aws import Emulator

_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Worker:
    """A process that runs one function. It keeps its id until it times out, fails, or is idle for minutes."""

    function: str
    """The function's full name, which contains the id of its construct."""
    pid: int
    peak: int
    """Peak of resident memory in bytes."""


def list_workers(emulator: Emulator) -> list[Worker]:
    """Lists the workers of this emulator that run at this moment."""
    folder = re.escape(str(emulator.folder))
    code = re.compile(rf"{folder}/.*/ministack-lambda-(.+)-\w+/code")
    return [
        Worker(match[1], pid, _read_peak(pid))
        for pid, directory in _list_working_directories()
        if (match := code.fullmatch(directory))
    ]


def _list_working_directories() -> Iterator[tuple[int, str]]:
    """A worker runs in the folder of its code, as on AWS. Its command line is that of the process that it is forked from."""
    for process in _PROCESSES.glob("[0-9]*"):
        try:
            yield int(process.name), str((process / "cwd").readlink())
        except OSError:  # it has ended meanwhile, or is another user's
            continue


def _read_peak(pid: int) -> int:
    """Returns VmHWM in bytes. Its unit kB is 1,024 bytes."""
    status = (_PROCESSES / str(pid) / "status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
