# Generated from `_async` by `make generate`.
"""Creates the documents of several small files with one call, shortly before the first of them is sent."""

import secrets
from collections.abc import Iterator, Sequence

from airlock_client._cancellation import Cancellation
from airlock_client._sync._api import Api
from airlock_client._sync._io import Lock
from airlock_client._sync._uploader import Uploader, read_put
from airlock_client._upload_request import Upload
from airlock_client.errors import AirlockError, create_item_problem
from airlock_client.models import BatchResponse, CreateResponse, Document, FailedCreate, PutUpload

_MAX_FILES = 50
"""The API's limit (docs/api.md)."""
_MAX_BYTES = 256 * 1024**2
"""Bytes of a batch. Its files are hashed before the first is sent, so this takes about a second."""


class Batch:
    """Files that are created with one call. All of them are sent in one request each."""

    def __init__(self, api: Api, uploader: Uploader, uploads: Sequence[Upload]) -> None:
        self._api = api
        self._uploader = uploader
        self._uploads = uploads
        self._key = secrets.token_hex(16)
        self._lock = Lock()
        self._bodies: list[dict[str, object] | AirlockError] = []
        self._results: list[CreateResponse | AirlockError] = []

    def send(self, upload: Upload, cancellation: Cancellation) -> tuple[Document, float]:
        """Returns as `Uploader.send` does. Raises the problem of this file, or that of the whole call."""
        index = next(index for index, other in enumerate(self._uploads) if other is upload)
        with self._lock:
            if not self._results:
                self._results = self._begin()
        result = self._results[index]
        if isinstance(result, AirlockError):
            raise result
        self._uploader.remember(upload, result.document)

        def renew() -> PutUpload | None:
            again = (self._create())[index]
            if isinstance(again, AirlockError):
                raise again
            return read_put(again)

        self._uploader.send_put(upload, read_put(result), renew, cancellation)
        return result.document, 0.0

    def _begin(self) -> list[CreateResponse | AirlockError]:
        """Describes the files and creates them. The error of the call is that of each file, so that no other file repeats it."""
        # Once, because the same key needs the same body, and a file may be gone when the URL of another is renewed.
        self._bodies = [self._describe(upload) for upload in self._uploads]
        try:
            return self._create()
        except AirlockError as error:
            return [body if isinstance(body, AirlockError) else error for body in self._bodies]

    def _create(self) -> list[CreateResponse | AirlockError]:
        """Returns a result for each file. The same key returns the same documents, with new URLs."""
        valid = [body for body in self._bodies if not isinstance(body, AirlockError)]
        results = iter(self._post(valid)) if valid else iter(())
        return [body if isinstance(body, AirlockError) else next(results) for body in self._bodies]

    def _post(self, documents: list[dict[str, object]]) -> list[CreateResponse | AirlockError]:
        response = self._api.call(
            "POST",
            "/documents/batch",
            body={"documents": documents},
            headers={"idempotency-key": self._key},
        )
        return [_read_result(result) for result in response.parse(BatchResponse).results]

    def _describe(self, upload: Upload) -> dict[str, object] | AirlockError:
        try:
            return self._uploader.describe(upload)
        except AirlockError as error:
            return error


def plan_batches(uploads: Sequence[Upload]) -> Iterator[list[int]]:
    """Yields groups of indexes. A file in parts is a group of its own, because few of them make one call each."""
    group: list[int] = []
    size = 0
    for index, upload in enumerate(uploads):
        if upload.is_sent_in_parts:
            yield [index]
            continue
        if len(group) == _MAX_FILES or size + upload.source.size > _MAX_BYTES:
            yield group
            group, size = [], 0
        group.append(index)
        size += upload.source.size
    if group:
        yield group


def _read_result(result: CreateResponse | FailedCreate) -> CreateResponse | AirlockError:
    return create_item_problem(result.problem) if isinstance(result, FailedCreate) else result
