# Generated from `_async` by `make generate`.
"""Requests to presigned URLs. They carry no access token, because S3 refuses one beside a signature."""

from collections.abc import Mapping

import httpx

from airlock_client._cancellation import Cancellation
from airlock_client._sources import Body
from airlock_client._sync._io import HttpClient, stream_body
from airlock_client.errors import NetworkError, create_storage_error
from airlock_client.progress import Progress

TIMEOUT = httpx.Timeout(60.0, connect=15.0, pool=None)
"""Seconds without a byte in either direction."""


class Storage:
    """S3, as presigned URLs reach it."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def put(
        self,
        url: str,
        headers: Mapping[str, str],
        body: Body,
        progress: Progress,
        cancellation: Cancellation,
    ) -> None:
        """Sends the body once. Raises StorageError, NetworkError, FileChangedError or CancelledTransferError."""
        sent = Progress(body.size, None)
        counted = _Both(progress, sent)
        try:
            response = self._http.put(
                url,
                headers={**headers, "content-length": str(body.size)},
                content=stream_body(body, counted, cancellation),
                timeout=TIMEOUT,
            )
        except httpx.TransportError as error:
            progress.add(-sent.loaded)
            raise NetworkError from error
        if not response.is_success:
            progress.add(-sent.loaded)
            raise create_storage_error(response.status_code, response.headers, response.content)


class _Both(Progress):
    """Counts for the transfer and for this request, which may have to be subtracted."""

    def __init__(self, *counters: Progress) -> None:
        super().__init__(0)
        self._counters = counters

    def add(self, count: int) -> None:
        for counter in self._counters:
            counter.add(count)
