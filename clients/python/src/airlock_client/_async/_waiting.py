"""Polls a document after its bytes have arrived, until it has a final status."""

import random
import time
from contextlib import suppress

from airlock_client._async._api import Api
from airlock_client._async._io import sleep
from airlock_client._cancellation import Cancellation
from airlock_client.errors import ProblemError, WaitTimeoutError
from airlock_client.models import Document

_MAX_INTERVAL = 10.0
_POLLS_UNTIL_COMPLETE = 8
"""Polls after which an upload that is still pending is completed again, because S3 can fail to answer it."""


async def wait_until_processed(
    api: Api, document_id: str, limit: float | None, delay: float, cancellation: Cancellation
) -> Document:
    """Returns the document when it is neither pending nor processing. Raises WaitTimeoutError after `limit` seconds."""
    ends_at = time.monotonic() + limit if limit is not None else float("inf")
    path, polls = f"/documents/{document_id}", 0
    await sleep(min(delay, limit or delay), cancellation)
    while True:
        polls += 1
        response = await api.call("GET", path)
        document = response.parse(Document)
        if document.status not in ("pending", "processing"):
            return document
        if document.status == "pending" and polls % _POLLS_UNTIL_COMPLETE == 0:
            await _complete_again(api, path)
        interval = max(response.retry_after or 0.0, min(0.25 * polls, _MAX_INTERVAL))
        interval *= random.uniform(1, 1.2)  # noqa: S311
        if time.monotonic() + interval > ends_at:
            raise WaitTimeoutError
        await sleep(interval, cancellation)


async def _complete_again(api: Api, path: str) -> None:
    """Does nothing for a document that is not uploaded in parts, or whose parts are missing."""
    with suppress(ProblemError):
        await api.call("POST", f"{path}/complete", body={})
