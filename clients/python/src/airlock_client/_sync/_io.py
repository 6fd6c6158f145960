"""Concurrency with threads. `_async/_io.py` has the same functions for asyncio."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock
from typing import Any, TypeVar

import httpx

from airlock_client._cancellation import Cancellation
from airlock_client._sources import Body
from airlock_client.progress import Progress

__all__ = [
    "HttpClient",
    "Lock",
    "Transport",
    "run_blocking",
    "run_parallel",
    "sleep",
    "stream_body",
]

T = TypeVar("T")
HttpClient = httpx.Client
Transport = httpx.BaseTransport
_END: Any = object()


def run_blocking(function: Callable[..., T], *arguments: Any) -> T:
    """Calls the function."""
    return function(*arguments)


def sleep(seconds: float, cancellation: Cancellation) -> None:
    """Raises CancelledTransferError as soon as the transfer is cancelled."""
    cancellation.wait(seconds)


def run_parallel(
    worker: Callable[[T], None], items: Iterator[T], limit: int, cancellation: Cancellation
) -> None:
    """Calls the worker with each item, up to `limit` of them at once. The first error cancels the others."""
    lock = Lock()

    def work() -> None:
        while True:
            cancellation.raise_if_cancelled()
            with lock:
                item = next(items, _END)
            if item is _END:
                return
            worker(item)
            del item  # so that a part that was sent is not in memory while the next one is read

    with ThreadPoolExecutor(limit, "airlock") as threads:
        try:
            # Inside, because a process may be allowed no more threads.
            futures = [threads.submit(work) for _ in range(limit)]
            for future in as_completed(futures):
                future.result()
        except BaseException:
            cancellation.cancel()
            raise


def stream_body(body: Body, progress: Progress, cancellation: Cancellation) -> Iterator[bytes]:
    """Yields the bytes and counts those that were sent. Raises FileChangedError."""
    for chunk in body.read_chunks():
        cancellation.raise_if_cancelled()
        yield chunk
        progress.add(len(chunk))
