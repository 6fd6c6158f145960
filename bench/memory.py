"""Peak memory of some processes, sampled from Linux's /proc. On other systems it is always 0.

Sampled, because Chromium resets the kernel's own record of the peak (VmHWM) for its statistics.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_INTERVAL = 0.05
"""Seconds between two samples, less than the time that a part of 64 MiB is in memory."""
_PRIVATE = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
"""Memory that is not mapped from files, so without the code of programs. In units of 1,024 bytes, which proc(5) calls kB."""


class MemoryWatch:
    """The memory of some processes. `growth` is the maximum growth of their sum in bytes since the start."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._before = self._resident_bytes()
        self.growth = 0

    def sample(self) -> None:
        self.growth = max(self.growth, self._resident_bytes() - self._before)

    def _resident_bytes(self) -> int:
        return sum(_resident_bytes(pid) for pid in self._pids)


@contextmanager
def watch_memory(pids: Sequence[int]) -> Iterator[MemoryWatch]:
    """Samples the memory of the processes until the block ends."""
    watch, stop = MemoryWatch(pids), threading.Event()

    def sample_until_stopped() -> None:
        while not stop.wait(_INTERVAL):
            watch.sample()

    thread = threading.Thread(target=sample_until_stopped, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def _resident_bytes(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(value) for value in _PRIVATE.findall(status)) * 1024
