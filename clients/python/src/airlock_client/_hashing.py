"""SHA-256 of the parts of an upload, ahead of their sending, so that one call returns the URLs of many parts."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from airlock_client._cancellation import Cancellation
from airlock_client._sources import Part, compute_sha256

_MAX_AHEAD = 32
_MAX_BYTES_AHEAD = 512 * 1024**2
"""Bytes of a file that are hashed ahead, so that the second read finds them in memory."""
Expect = Callable[[int, str], None]
"""Takes the number of a part and its SHA-256, in any thread."""


def count_parts_ahead(part_size: int, parallel: int) -> int:
    """Returns the number of parts to hash while `parallel` others are sent."""
    return max(parallel, min(_MAX_AHEAD, _MAX_BYTES_AHEAD // part_size))


class HashedParts(Iterator[tuple[Part, str]]):
    """Parts in order, each with its SHA-256, while up to `ahead` later ones are hashed in threads of their own.

    It begins with few of them, because the first call waits for the first part. `next` blocks, and is called from one thread at a
    time. It raises FileChangedError, and CancelledTransferError as soon as the transfer is cancelled.
    """

    def __init__(
        self, parts: Iterator[Part], expect: Expect, *, ahead: int, threads: int, cancellation: Cancellation
    ) -> None:
        self._parts = parts
        self._expect = expect
        self._limit = ahead + 1
        self._size = 1
        self._pending: deque[tuple[Part, Future[str]]] = deque()
        self._threads = ThreadPoolExecutor(threads, "airlock-hash")
        self._cancellation = cancellation

    def __next__(self) -> tuple[Part, str]:
        self._cancellation.raise_if_cancelled()
        self._size = min(2 * self._size, self._limit)
        while len(self._pending) < self._size and (part := next(self._parts, None)):
            self._pending.append((part, self._begin(part)))
        if not self._pending:
            raise StopIteration
        part, sha256 = self._pending.popleft()
        return part, sha256.result()

    def close(self) -> None:
        """Ends the threads, so that none has the file open. After a cancellation this takes no longer than reading a chunk."""
        self._threads.shutdown(cancel_futures=True)

    def _begin(self, part: Part) -> Future[str]:
        try:
            return self._threads.submit(self._hash, part)
        except RuntimeError:
            # The process may have no more threads, or its main thread has ended.
            hashed = Future[str]()
            hashed.set_result(self._hash(part))
            return hashed

    def _hash(self, part: Part) -> str:
        sha256 = compute_sha256(part.body, self._cancellation)
        self._expect(part.number, sha256)
        return sha256
