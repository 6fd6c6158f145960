# Generated from `_async` by `make generate`.
"""The upload method MULTIPART: parts in parallel, each in a request of its own."""

from collections.abc import Sequence

from airlock_client._cancellation import Cancellation
from airlock_client._hashing import HashedParts, count_parts_ahead
from airlock_client._retry import STORAGE_ATTEMPTS, Backoff, allow_one_renewal
from airlock_client._sources import Part, Source
from airlock_client._sync._api import Api
from airlock_client._sync._io import run_blocking, run_parallel, sleep
from airlock_client._sync._part_urls import PartUrls
from airlock_client._sync._storage import Storage
from airlock_client.errors import AirlockError, ProblemError, StorageError
from airlock_client.models import UploadProgressResponse
from airlock_client.progress import Progress

_MAX_COMPLETES = 3
"""Maximum number of calls, because S3 may lack parts that it had confirmed."""


class _UploadEndedError(Exception):
    """S3 does not know the upload: it was completed or aborted, and the response to `complete` says which."""


class MultipartTransfer:
    """Sends the missing parts of one document and completes the upload."""

    def __init__(
        self,
        api: Api,
        storage: Storage,
        source: Source,
        path: str,
        *,
        progress: Progress,
        parallel: int,
        parent: Cancellation,
    ) -> None:
        self._api = api
        self._storage = storage
        self._source = source
        self._path = path
        self._progress = progress
        self._parallel = parallel
        self._parent = parent
        self._begin_round()

    def run(self, part_size: int, missing: Sequence[int]) -> float:
        """Returns the seconds after which the document may be ready."""
        for _ in range(_MAX_COMPLETES):
            self._send_all(part_size, missing)
            try:
                response = self._api.call("POST", f"{self._path}/complete", body={})
            except ProblemError as error:
                if error.code != "parts_incomplete":
                    raise
                problem = error
            else:
                return response.retry_after or 0.0
            parts = (self._api.call("GET", f"{self._path}/parts")).parse(UploadProgressResponse)
            missing = parts.missing
            self._begin_round()
        raise problem

    def _begin_round(self) -> None:
        """Forgets that an earlier round has ended with an error."""
        self._cancellation = Cancellation(self._parent)
        self._urls = PartUrls(self._api, f"{self._path}/parts", self._cancellation)

    def _send_all(self, part_size: int, missing: Sequence[int]) -> None:
        hashed = HashedParts(
            self._source.read_parts(part_size, missing),
            self._urls.expect,
            ahead=self._count_parts_ahead(part_size),
            threads=2 * self._parallel,
            cancellation=self._cancellation,
        )
        try:
            run_parallel(self._send, hashed, self._parallel, self._cancellation)
        except _UploadEndedError:
            return
        finally:
            run_blocking(hashed.close)

    def _count_parts_ahead(self, part_size: int) -> int:
        """Returns 0 for a stream, of which each part is in memory."""
        return count_parts_ahead(part_size, self._parallel) if self._source.identify() is not None else 0

    def _send(self, hashed: tuple[Part, str]) -> None:
        part, sha256 = hashed
        backoff, errors = Backoff(STORAGE_ATTEMPTS), set[int]()
        while True:
            self._cancellation.raise_if_cancelled()
            presigned = self._urls.get(part.number)
            try:
                self._storage.put(
                    presigned.url, presigned.headers, part.body, self._progress, self._cancellation
                )
            except AirlockError as error:
                if error.code == "NoSuchUpload":
                    raise _UploadEndedError from error
                if isinstance(error, StorageError):
                    allow_one_renewal(error, errors)
                delay = backoff.next_delay(error)
            else:
                return
            self._urls.expect(part.number, sha256)
            sleep(delay, self._cancellation)
