"""The memory of some processes while something happens, from Linux's /proc. Elsewhere it is always 0.

Looked at again and again: Chromium resets the kernel's own record of the highest (VmHWM) for its statistics.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_EVERY = 0.05
"""Seconds; a part's 64 MiB cannot be read, hashed and gone sooner."""
_OWN = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
"""Not what is mapped from files: a program's own code. Units of 1,024 bytes, whatever proc(5) calls them."""


class Growth:
    """`bytes`: by how much all of them together had more at most than at the beginning."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._before = self._resident()
        self.bytes = 0

    def sample(self) -> None:
        self.bytes = max(self.bytes, self._resident() - self._before)

    def _resident(self) -> int:
        return sum(_resident(pid) for pid in self._pids)


@contextmanager
def growth(pids: Sequence[int]) -> Iterator[Growth]:
    """Watches until the way out."""
    watched, over = Growth(pids), threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            watched.sample()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(value) for value in _OWN.findall(status)) * 1024
