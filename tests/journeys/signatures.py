"""A signature that the malware scanner of the local stack learns while it runs."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack import LocalStack
from ministack_gaps.scan_engines import SIGNATURES, SOCKET
from tests.journeys.wait import wait_until


@contextmanager
def learn_signature(stack: LocalStack, name: str, pattern: bytes) -> Iterator[None]:
    """Has the scanner report every file that contains the pattern, for a while."""
    folder = stack.emulator.folder / "tmp"
    file = folder / SIGNATURES / "learned.ndb"
    file.write_text(f"{name}:0:*:{pattern.hex()}\n", "ascii")
    _reload(folder / SOCKET, pattern, b"FOUND")
    try:
        yield
    finally:
        file.unlink()
        _reload(folder / SOCKET, pattern, b"OK")


def _reload(clamd: Path, body: bytes, answer: bytes) -> None:
    """Waits until clamd has read its signatures again. The other engine reads them with each scan."""
    if clamd.exists():
        _ask(clamd, b"zRELOAD\0")
        scan = b"zINSTREAM\0" + len(body).to_bytes(4, "big") + body + bytes(4)
        wait_until(lambda: answer in _ask(clamd, scan), "clamd has read its signatures again")


def _ask(clamd: Path, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(clamd))
        connection.sendall(command)
        return connection.recv(4096)
