"""Concurrency with asyncio. `_sync/_io.py` has the same functions for threads; all other modules of `_sync` are generated."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx

from airlock_client._cancellation import Cancellation
from airlock_client._sources import Body
from airlock_client.progress import Progress

T = TypeVar("T")
HttpClient = httpx.AsyncClient
Transport = httpx.AsyncBaseTransport
Lock = asyncio.Lock
_END: Any = object()


async def run_blocking(function: Callable[..., T], *arguments: Any) -> T:
    """Runs a function that reads or hashes a file, without blocking the event loop."""
    return await asyncio.to_thread(function, *arguments)


async def sleep(seconds: float, cancellation: Cancellation) -> None:
    """Raises CancelledTransferError if the transfer was cancelled."""
    await asyncio.sleep(seconds)
    cancellation.raise_if_cancelled()


async def run_parallel(
    worker: Callable[[T], Awaitable[None]], items: Iterator[T], limit: int, cancellation: Cancellation
) -> None:
    """Calls the worker with each item, up to `limit` of them at once. The first error cancels the others."""
    lock = asyncio.Lock()

    async def work() -> None:
        while True:
            async with lock:
                item = await asyncio.to_thread(next, items, _END)
            if item is _END:
                return
            await worker(item)
            del item  # so that a part that was sent is not in memory while the next one is read

    tasks = [asyncio.create_task(work()) for _ in range(limit)]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        cancellation.cancel()
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stream_body(body: Body, progress: Progress, cancellation: Cancellation) -> AsyncIterator[bytes]:
    """Yields the bytes and counts those that were sent. Raises FileChangedError."""
    chunks = body.read_chunks()
    while chunk := await asyncio.to_thread(next, chunks, b""):
        cancellation.raise_if_cancelled()
        yield chunk
        progress.add(len(chunk))
