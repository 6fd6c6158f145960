# Generated from `_async` by `make generate`.
"""The upload method PUT: the whole file in one request."""

from collections.abc import Callable

from airlock_client._cancellation import Cancellation
from airlock_client._retry import STORAGE_ATTEMPTS, Backoff, allow_one_renewal
from airlock_client._sources import Body
from airlock_client._sync._io import sleep
from airlock_client._sync._storage import Storage
from airlock_client.errors import AirlockError, StorageError
from airlock_client.models import PutUpload
from airlock_client.progress import Progress

Renew = Callable[[], PutUpload | None]
"""Repeats the create. Returns None if the bytes have arrived."""


def put_file(
    storage: Storage,
    upload: PutUpload | None,
    renew: Renew,
    body: Body,
    progress: Progress,
    cancellation: Cancellation,
) -> None:
    """Sends the file, and after an error again, with a new URL, unless its bytes have arrived."""
    backoff, statuses = Backoff(STORAGE_ATTEMPTS), set[int]()
    while upload:
        try:
            storage.put(upload.url, upload.headers, body, progress, cancellation)
        except AirlockError as error:
            # The URL writes once: an earlier attempt has written the file, and its response was lost.
            if isinstance(error, StorageError) and error.status == 412:
                return
            if isinstance(error, StorageError):
                allow_one_renewal(error, statuses)
            delay = backoff.next_delay(error)
        else:
            return
        sleep(delay, cancellation)
        upload = renew()
