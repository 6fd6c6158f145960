"""The processes that run the Lambdas, seen from outside: which there are, and the most memory each has had. Linux."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.aws import Emulator

_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Worker:
    """One warm copy of a function. It keeps its process id until it times out, fails, or is idle for long."""

    function: str
    """The function's whole name; it holds the construct's, such as `ObjectCreated`."""
    pid: int
    peak: int
    """Resident memory at its highest so far, in bytes."""


def workers(emulator: Emulator) -> list[Worker]:
    """Every Lambda process of this emulator at this moment."""
    ours = re.escape(str(emulator.folder))
    script = re.compile(rf"{ours}/.*/ministack-lambda-(.+)-\w+/_worker\.py")
    return [
        Worker(match[1], pid, _peak(pid)) for pid, command in _commands() if (match := script.search(command))
    ]


def _commands() -> Iterator[tuple[int, str]]:
    for process in _PROCESSES.glob("[0-9]*"):
        try:
            yield int(process.name), (process / "cmdline").read_text()
        except (FileNotFoundError, ProcessLookupError):  # ended in between
            continue


def _peak(pid: int) -> int:
    """VmHWM is in units of 1,024 bytes, whatever proc(5) calls them."""
    status = (_PROCESSES / str(pid) / "status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
