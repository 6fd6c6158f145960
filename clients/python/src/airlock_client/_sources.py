"""Bytes to upload: a file on disk, of which each part reads its own range, or a stream that is read once."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from airlock_client._cancellation import Cancellation
from airlock_client.errors import FileChangedError

CHUNK = 1024**2
"""Bytes that are read and sent at once."""


class Readable(Protocol):
    """A file object."""

    def read(self, size: int, /) -> bytes | None: ...


class Body(Protocol):
    """A range of bytes that can be read several times."""

    @property
    def size(self) -> int: ...
    def read_chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Part:
    """One part of an upload. Numbers begin with 1."""

    number: int
    body: Body


class Source(Protocol):
    """A file to upload."""

    name: str
    size: int

    def read_whole(self) -> Body: ...
    def read_parts(self, part_size: int, numbers: Sequence[int]) -> Iterator[Part]: ...
    def identify(self) -> str | None: ...


class FileSource:
    """A file on disk. Raises FileChangedError if its size or time changes during the upload."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self._stat = self._read_stat()
        self.size = self._stat[0]

    def read_whole(self) -> Body:
        return FileRange(self.path, 0, self.size, self.check)

    def read_parts(self, part_size: int, numbers: Sequence[int]) -> Iterator[Part]:
        for number in numbers:
            start = (number - 1) * part_size
            yield Part(number, FileRange(self.path, start, min(part_size, self.size - start), self.check))

    def identify(self) -> str:
        """Returns a text that another version of the file does not have."""
        return f"{self.path.resolve()}\n{self._stat}"

    def check(self) -> None:
        if self._read_stat() != self._stat:
            raise FileChangedError("The file has changed since the upload began.")

    def _read_stat(self) -> tuple[int, int]:
        try:
            status = self.path.stat()
        except OSError as error:
            raise _create_error(error) from error
        return status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class FileRange:
    """`size` bytes of a file from `start`. `check` raises FileChangedError for another file."""

    path: Path
    start: int
    size: int
    check: Callable[[], None]

    def read_chunks(self) -> Iterator[bytes]:
        self.check()
        try:
            file = self.path.open("rb", buffering=0)
        except OSError as error:
            raise _create_error(error) from error
        with file:
            file.seek(self.start)
            yield from _read_exactly(file, self.size)


class StreamSource:
    """A stream of known size, such as standard input. Each part is held in memory until S3 has it."""

    def __init__(self, stream: BinaryIO, name: str, size: int) -> None:
        self._stream = stream
        self.name = name
        self.size = size
        self._whole: Body | None = None

    def read_whole(self) -> Body:
        if self._whole is None:
            self._whole = self._read(self.size)
            self._assert_end()
        return self._whole

    def read_parts(self, part_size: int, numbers: Sequence[int]) -> Iterator[Part]:
        """Yields all parts in order. Raises FileChangedError if some are wanted again, because the stream is gone."""
        if list(numbers) != list(range(1, -(-self.size // part_size) + 1)):
            raise FileChangedError("A stream cannot be read a second time.")
        for number in numbers:
            yield Part(number, self._read(min(part_size, self.size - (number - 1) * part_size)))
        self._assert_end()

    def identify(self) -> None:
        """Returns None, because a stream cannot be resumed."""

    def _read(self, size: int) -> Body:
        return Buffer(b"".join(_read_exactly(self._stream, size)))

    def _assert_end(self) -> None:
        if self._stream.read(1):
            raise FileChangedError(f"The stream has more than {self.size} bytes.")


@dataclass(frozen=True)
class Buffer:
    """Bytes in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read_chunks(self) -> Iterator[bytes]:
        stream = BytesIO(self.data)
        while chunk := stream.read(CHUNK):
            yield chunk


def compute_sha256(body: Body, cancellation: Cancellation | None = None) -> str:
    """Returns lower-case hex. Raises FileChangedError or CancelledTransferError."""
    digest = hashlib.sha256()
    for chunk in body.read_chunks():
        if cancellation:
            cancellation.raise_if_cancelled()
        digest.update(chunk)
    return digest.hexdigest()


def _create_error(error: OSError) -> FileChangedError:
    return FileChangedError(f"The file cannot be read: {error.strerror}.")


def _read_exactly(stream: Readable, size: int) -> Iterator[bytes]:
    """Yields chunks of `size` bytes in all. Raises FileChangedError if there are fewer, or they cannot be read."""
    remaining = size
    while remaining:
        chunk: bytes | None = None
        with suppress(OSError):
            chunk = stream.read(min(CHUNK, remaining))
        if not chunk:
            raise FileChangedError(f"The file has fewer bytes than its size: {remaining} are missing.")
        remaining -= len(chunk)
        yield chunk
