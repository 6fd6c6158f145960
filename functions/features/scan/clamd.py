"""A client of clamd: the commands INSTREAM and VERSION over a Unix socket. https://docs.clamav.net/manual/Usage/Scanning.html#clamd"""

import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

_TIMEOUT = 660
"""Seconds without a response. clamd ends a scan after 600 (MaxScanTime)."""
_MAX_RESPONSE = 4_096


class Clamd:
    """The clamd that listens on a Unix socket. Each command has a connection of its own."""

    def __init__(self, path: str) -> None:
        self._path = path

    def scan(self, chunks: Iterable[bytes]) -> str:
        """Streams a file and returns clamd's response without its end. Raises Unavailable when clamd is not there."""
        return self._ask(lambda connection: _send(connection, chunks))

    def read_version(self) -> str:
        """Returns the versions of clamd and of its signatures, as it prints them. Raises Unavailable."""
        return self._ask(lambda connection: connection.sendall(b"zVERSION\0"))

    def _ask(self, send: Callable[[socket.socket], None]) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_TIMEOUT)
                connection.connect(self._path)
                send(connection)
                return _receive(connection)
        except OSError as error:
            raise Unavailable(
                Code.STORAGE_UNAVAILABLE, f"clamd is unavailable: {error}", retry_after=60
            ) from error


def _send(connection: socket.socket, chunks: Iterable[bytes]) -> None:
    """Sends the file. clamd closes the connection above StreamMaxLength, and its response says so."""
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        for chunk in chunks:
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))


def _receive(connection: socket.socket) -> str:
    response = b""
    while len(response) < _MAX_RESPONSE and (part := connection.recv(_MAX_RESPONSE)):
        response += part
    return response.decode(errors="replace").removesuffix("\0")
