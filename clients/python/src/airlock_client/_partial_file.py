"""A file that arrives in ranges: it has the suffix `.part` until its size and its SHA-256 are verified."""

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from airlock_client._file_names import shorten_name
from airlock_client._ranges import DownloadState, load_state, save_state
from airlock_client._sources import CHUNK
from airlock_client.errors import IntegrityError

_STATE_SUFFIX = ".part.json"


class PartialFile:
    """The partial file of a download and the state beside it, which an earlier process may have left."""

    def __init__(self, target: Path, state: DownloadState) -> None:
        self._target = target
        name = shorten_name(target.name, len(_STATE_SUFFIX))
        self._partial = target.with_name(f"{name}.part")
        self._state_path = target.with_name(f"{name}{_STATE_SUFFIX}")
        self.state = self._load(state)
        self._lock = Lock()
        self._arrived: list[int] = []
        self._is_recording = False
        self._is_discarded = False
        self._hash = PrefixHash(self._partial)

    def open_at(self, start: int) -> BinaryIO:
        """Returns the open file.

        It is buffered, because a raw file writes less than it is given when the disk is full. The buffer is large, because with
        a write for each read of the socket, of 64 KiB, the threads wait for each other.
        """
        file = self._partial.open("r+b", buffering=CHUNK)
        file.seek(start)
        return file

    def accept_etag(self, etag: str) -> bool:
        """Keeps the ETag of the first response. Returns False for that of another object."""
        with self._lock:
            if self.state.etag is None:
                self.state = replace(self.state, etag=etag)
            return self.state.etag == etag

    def mark_done(self, index: int) -> None:
        """Records a complete range, and hashes what has no gap before it.

        The range is on disk before, so that a resume after a power failure trusts no bytes that were lost. One thread at a time
        waits for the disk, for the ranges of the others too.
        """
        with self._lock:
            self._arrived.append(index)
            if self._is_recording:
                return
            self._is_recording = True
        while self._record_arrived():
            self._hash.advance(self.state.prefix)

    def verify_and_rename(self) -> None:
        """Raises IntegrityError for other bytes than the document's. Files above 5 GiB have no SHA-256 to compare."""
        sha256 = self._hash.finish(self.state.size)
        if self.state.sha256 not in (None, sha256):
            raise IntegrityError("The downloaded bytes do not have the document's SHA-256.")
        self._partial.replace(self._target)
        self._state_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Removes both files. A thread that marks a range meanwhile writes nothing any more."""
        with self._lock:
            self._is_discarded = True
            self._remove()

    def _record_arrived(self) -> bool:
        """Returns False if no more ranges have arrived, or the file was discarded."""
        with self._lock:
            arrived, self._arrived = self._arrived, []
            self._is_recording = bool(arrived)
        if not arrived:
            return False
        self._sync()
        with self._lock:
            if self._is_discarded:
                return False
            self.state = replace(self.state, done=[*self.state.done, *arrived])
            save_state(self._state_path, self.state)
        return True

    def _sync(self) -> None:
        """Does nothing for a file that was discarded."""
        with suppress(FileNotFoundError), self._partial.open("r+b") as file:
            os.fsync(file.fileno())

    def _remove(self) -> None:
        self._state_path.unlink(missing_ok=True)
        self._partial.unlink(missing_ok=True)

    def _load(self, state: DownloadState) -> DownloadState:
        """Returns the state of an earlier process if it is that of the same object, otherwise begins a new file."""
        earlier = load_state(self._state_path)
        has_bytes = self._partial.exists() and self._partial.stat().st_size == state.size
        if earlier and earlier.is_same_object(state) and has_bytes:
            return earlier
        self._remove()
        with self._partial.open("wb") as file:
            file.truncate(state.size)
        return state


class PrefixHash:
    """Hashes a file from its start as far as it is complete, while the rest is still on its way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._hashed = 0
        self._lock = Lock()

    def advance(self, end: int) -> None:
        """Hashes up to this byte, unless another thread is at it."""
        if self._lock.acquire(blocking=False):
            try:
                self._update(end)
            finally:
                self._lock.release()

    def finish(self, size: int) -> str:
        """Returns lower-case hex of the first `size` bytes."""
        with self._lock:
            self._update(size)
        return self._digest.hexdigest()

    def _update(self, end: int) -> None:
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._hashed)
            while self._hashed < end and (chunk := file.read(min(CHUNK, end - self._hashed))):
                self._digest.update(chunk)
                self._hashed += len(chunk)


def compute_file_sha256(path: Path) -> str:
    """Returns lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
