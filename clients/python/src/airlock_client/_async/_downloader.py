"""Downloads one object in parallel ranges to a partial file, verifies its SHA-256, and gives it its name."""

from collections.abc import Awaitable, Callable

import httpx

from airlock_client._async._io import HttpClient, Lock, run_blocking, run_parallel, sleep
from airlock_client._async._storage import TIMEOUT
from airlock_client._cancellation import Cancellation
from airlock_client._partial_file import PartialFile
from airlock_client._retry import STORAGE_ATTEMPTS, Backoff, allow_one_renewal
from airlock_client.errors import (
    AirlockError,
    IntegrityError,
    NetworkError,
    StorageError,
    create_storage_error,
)
from airlock_client.progress import Progress

PARALLEL_RANGES = 4
RenewUrl = Callable[[], Awaitable[str]]
"""Returns a new presigned URL of the same object."""


class Downloader:
    """One download."""

    def __init__(
        self, http: HttpClient, url: str, renew_url: RenewUrl, file: PartialFile, progress: Progress
    ) -> None:
        self._http = http
        self._url = url
        self._renew_url = renew_url
        self._file = file
        self._progress = progress
        self._cancellation = Cancellation()
        self._url_lock = Lock()

    async def run(self) -> None:
        """Raises IntegrityError if the bytes are not those of the document; then nothing of them stays."""
        self._progress.add(self._file.state.loaded)
        ranges = iter(self._file.state.missing)
        try:
            await run_parallel(self._fetch, ranges, PARALLEL_RANGES, self._cancellation)
            await run_blocking(self._file.verify_and_rename)
        except IntegrityError:
            self._file.discard()
            raise

    async def _fetch(self, index: int) -> None:
        backoff, statuses = Backoff(STORAGE_ATTEMPTS), set[int]()
        while True:
            url = self._url
            try:
                await self._fetch_once(url, index)
                break
            except AirlockError as error:
                if isinstance(error, StorageError):
                    allow_one_renewal(error, statuses)
                delay = backoff.next_delay(error)
            await sleep(delay, self._cancellation)
            await self._replace_url(url)
        await run_blocking(self._file.mark_done, index)

    async def _fetch_once(self, url: str, index: int) -> None:
        received = Progress(0)
        try:
            await self._stream(url, index, received)
        except httpx.TransportError as error:
            self._progress.add(-received.loaded)
            raise NetworkError from error
        except BaseException:
            self._progress.add(-received.loaded)
            raise

    async def _stream(self, url: str, index: int, received: Progress) -> None:
        start, end = self._file.state.bounds(index)
        headers = {"range": f"bytes={start}-{end - 1}", "accept-encoding": "identity"}
        if self._file.state.etag:
            headers["if-range"] = self._file.state.etag
        async with self._http.stream("GET", url, headers=headers, timeout=TIMEOUT) as response:
            if not response.is_success:
                body = await response.aread()
                raise create_storage_error(response.status_code, response.headers, body)
            self._check_object(response)
            with self._file.open_at(start) as file:
                async for chunk in response.aiter_raw():
                    self._cancellation.raise_if_cancelled()
                    file.write(chunk)
                    received.add(len(chunk))
                    self._progress.add(len(chunk))
        if received.loaded != end - start:
            raise NetworkError

    def _check_object(self, response: httpx.Response) -> None:
        """Raises IntegrityError if this is not a range of the object of the other ranges, as If-Range responds with 200."""
        etag = response.headers.get("etag")
        if response.status_code == 206 and etag and self._file.accept_etag(etag):
            return
        raise IntegrityError("The stored object is not the one that the download began with.")

    async def _replace_url(self, used: str) -> None:
        """Requests a URL, unless another range has done so since."""
        async with self._url_lock:
            if self._url == used:
                self._url = await self._renew_url()
