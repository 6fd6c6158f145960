"""The client of one deployment."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from airlock_client._async._api import Api, GetToken
from airlock_client._async._batches import Batch, plan_batches
from airlock_client._async._downloader import Downloader
from airlock_client._async._io import HttpClient, Transport, run_blocking, run_parallel
from airlock_client._async._storage import Storage
from airlock_client._async._uploader import Uploader
from airlock_client._async._waiting import wait_until_processed
from airlock_client._cancellation import Cancellation
from airlock_client._file_names import choose_target
from airlock_client._log import install_filter
from airlock_client._model import Model
from airlock_client._partial_file import PartialFile
from airlock_client._ranges import DownloadState, choose_range_size
from airlock_client._resume import ResumeStore
from airlock_client._sources import Source
from airlock_client._upload_request import Upload, open_source
from airlock_client.errors import AirlockError
from airlock_client.models import (
    BatchDeleteResponse,
    DeleteResult,
    Document,
    DownloadResponse,
    KindsResponse,
    ListResponse,
    UsageResponse,
)
from airlock_client.progress import OnProgress, Progress

M = TypeVar("M", bound=Model)
PARALLEL_PARTS = 4
PARALLEL_FILES = 3


class AsyncAirlockClient:
    """Uploads, downloads and manages documents. Use it as a context manager, or call `aclose` at the end.

    `token` is an access token, or a function that returns one, which may block and gets True when it must return a fresh one.
    With a machine token, `on_behalf_of` is the owner of the documents (docs/back-ends.md); `for_owner` names another one.
    `resume_folder` keeps what a later process needs to resume an upload.
    `transport` is for tests.
    """

    def __init__(
        self,
        endpoint: str,
        token: str | GetToken,
        *,
        on_behalf_of: str | None = None,
        resume_folder: Path | None = None,
        transport: Transport | None = None,
    ) -> None:
        install_filter()
        self._http = HttpClient(transport=transport, follow_redirects=False)
        self._get_token: GetToken = (lambda _: token) if isinstance(token, str) else token
        self._store = ResumeStore(resume_folder) if resume_folder else None
        self._connect(endpoint, on_behalf_of)

    def _connect(self, endpoint: str, on_behalf_of: str | None) -> None:
        self._api = Api(self._http, endpoint, self._get_token, on_behalf_of)
        self._uploader = Uploader(self._api, Storage(self._http), self._store, PARALLEL_PARTS)

    def for_owner(self, owner: str) -> Self:
        """Returns a client that acts on behalf of this owner. It shares the connections, so close only the first one."""
        client = copy(self)
        client._connect(self._api.endpoint, owner)
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._http.aclose()

    async def upload(
        self,
        file: Path | str | Source,
        *,
        kind: str | None = None,
        content_type: str | None = None,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
        part_size: int | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> Document:
        """Uploads a file and returns its document when it is checked: `ready`, or for example `rejected` with a `reason`.

        With a `resume_folder`, the upload continues where an earlier process has left it.
        `timeout` is the seconds to wait for the checks. Raises AirlockError, WaitTimeoutError among them.
        """
        upload = Upload(
            source=open_source(file),
            kind=kind,
            content_type=content_type,
            title=title,
            metadata=metadata or {},
            part_size=part_size,
            on_progress=on_progress,
        )
        document, delay = await self._uploader.send(upload, Cancellation())
        document = await self.wait_until_processed(document.id, timeout=timeout, delay=delay)
        self._uploader.forget(upload)
        return document

    async def upload_many(
        self, uploads: Iterable[Upload], *, limit: int = PARALLEL_FILES, wait: bool = True
    ) -> list[Document | AirlockError]:
        """Uploads several files, `limit` at a time, and returns the document or the error of each in the same order.

        Without `wait`, the documents are those of the creates: their bytes have arrived, and the checks go on.

        Up to 50 small files are created with one call. With a `resume_folder`, another process that uploads the same files
        after a crash sends only what is missing.
        """
        everything, cancellation = list(uploads), Cancellation()
        outcomes: dict[int, tuple[Document, float] | Document | AirlockError] = {}
        batches = self._plan(everything)

        async def transfer(index: int) -> None:
            upload, batch = everything[index], batches.get(index)
            with _catch(outcomes, index):
                send = batch.send if batch else self._uploader.send
                outcomes[index] = await send(upload, cancellation)

        async def finish(index: int) -> None:
            sent = outcomes[index]
            if isinstance(sent, tuple):
                with _catch(outcomes, index):
                    outcomes[index] = await self._wait(sent[0].id, None, sent[1], cancellation)

        # A file makes room for the next one as soon as its bytes are sent, before its document is checked.
        for work in (transfer, finish) if wait else (transfer,):
            await run_parallel(work, iter(range(len(everything))), limit, cancellation)
        results = [_get_result(outcomes[index]) for index in range(len(everything))]
        if not any(isinstance(result, AirlockError) for result in results):
            for upload in everything:
                self._uploader.forget(upload)
        return results

    def _plan(self, uploads: Sequence[Upload]) -> dict[int, Batch]:
        """Returns the batch of each upload by its index. Those without one are created, or resumed, alone."""
        alone = {index for index, upload in enumerate(uploads) if self._uploader.is_known(upload)}
        new = [index for index in range(len(uploads)) if index not in alone]
        batches: dict[int, Batch] = {}
        for group in plan_batches([uploads[index] for index in new]):
            members = [new[position] for position in group]
            if len(members) > 1:
                batch = Batch(self._api, self._uploader, [uploads[index] for index in members])
                batches |= dict.fromkeys(members, batch)
        return batches

    async def wait_until_processed(
        self,
        document_id: str,
        *,
        timeout: float | None = None,
        delay: float = 0.0,
    ) -> Document:
        """Polls a document until it is neither pending nor processing. Raises WaitTimeoutError after `timeout` seconds."""
        return await self._wait(document_id, timeout, delay, Cancellation())

    async def download(
        self,
        document_id: str,
        target: Path | str = ".",
        *,
        rendition: str | None = None,
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
        found: DownloadResponse | None = None,
    ) -> Path:
        """Downloads a document, or one of its renditions, and returns the path of the file.

        `target` is a file, or a folder, in which the file gets the document's name. While bytes are missing, the file has the
        suffix `.part`, and another call continues it. `found` is what `get_download` has just returned for it, which saves
        a call. Raises AirlockError, FileExistsError and, for bytes that are not those of the record, IntegrityError.
        """
        object_ = found or await self.get_download(document_id, rendition=rendition)
        path = choose_target(Path(target), object_.file_name)
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} exists already.")
        size = object_.size
        state = DownloadState(document_id, rendition, size, object_.sha256, choose_range_size(size))
        file = await run_blocking(PartialFile, path, state)

        async def renew_url() -> str:
            return (await self.get_download(document_id, rendition=rendition)).url

        progress = Progress(size, on_progress)
        await Downloader(self._http, object_.url, renew_url, file, progress).run()
        return path

    async def get_download(self, document_id: str, *, rendition: str | None = None) -> DownloadResponse:
        """Returns a presigned URL that is valid for some minutes. The URL is a credential: do not log it."""
        params = {"rendition": rendition} if rendition else None
        return await self._call("GET", f"/documents/{document_id}/download", DownloadResponse, params=params)

    async def get(self, document_id: str) -> Document:
        """Returns the record of a document."""
        return await self._call("GET", f"/documents/{document_id}", Document)

    async def list_page(
        self,
        *,
        status: str | None = None,
        kind: str | None = None,
        name_contains: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ListResponse:
        """Returns one page of up to 100 documents, newest first, and the cursor of the next one."""
        given = {
            "status": status,
            "kind": kind,
            "nameContains": name_contains,
            "limit": str(limit),
            "cursor": cursor,
        }
        params = {name: value for name, value in given.items() if value is not None}
        return await self._call("GET", "/documents", ListResponse, params=params)

    async def list(
        self, *, status: str | None = None, kind: str | None = None, name_contains: str | None = None
    ) -> AsyncIterator[Document]:
        """Yields all documents with these properties, newest first."""
        cursor: str | None = None
        while True:
            page = await self.list_page(
                status=status, kind=kind, name_contains=name_contains, limit=100, cursor=cursor
            )
            for document in page.documents:
                yield document
            if not (cursor := page.next_cursor):
                return

    async def update(
        self, document_id: str, changes: Mapping[str, Any], *, if_match: str | None = None
    ) -> Document:
        """Changes `fileName`, `title` or entries of `metadata`. `if_match` is the `etag` of the document to change."""
        headers = {"if-match": if_match} if if_match else None
        path = f"/documents/{document_id}"
        return await self._call("PATCH", path, Document, body=dict(changes), headers=headers)

    async def delete(self, document_id: str) -> None:
        """Deletes a document, which can be restored for a week."""
        await self._api.call("DELETE", f"/documents/{document_id}")

    async def delete_many(self, document_ids: Sequence[str]) -> Sequence[DeleteResult]:
        """Deletes up to 100 documents. A result has the problem of a document that is not deleted."""
        body = {"ids": [*document_ids]}
        return (await self._call("POST", "/documents/batch-delete", BatchDeleteResponse, body=body)).results

    async def claim(self, document_id: str) -> Document:
        """Claims a ready document, so that it does not expire at `claim_by`. Idempotent."""
        return await self._call("POST", f"/documents/{document_id}/claim", Document)

    async def restore(self, document_id: str) -> Document:
        """Restores a deleted document."""
        return await self._call("POST", f"/documents/{document_id}/restore", Document)

    async def abort(self, document_id: str) -> None:
        """Ends an upload. Idempotent."""
        await self._api.call("POST", f"/documents/{document_id}/abort", body={})

    async def list_kinds(self) -> KindsResponse:
        """Returns what this deployment accepts, and the limits of the caller."""
        return await self._call("GET", "/kinds", KindsResponse)

    async def get_usage(self) -> UsageResponse:
        """Returns what the caller holds, the limits, and what is left today."""
        return await self._call("GET", "/usage", UsageResponse)

    async def get_manifest(self, document_id: str) -> str:
        """Returns the signed manifest of a ready document, a JWS in the compact form."""
        return (await self._api.call("GET", f"/documents/{document_id}/manifest")).response.text

    async def get_manifest_keys(self) -> dict[str, Any]:
        """Returns the public keys of manifests, a JSON Web Key Set."""
        keys: dict[str, Any] = (await self._api.call("GET", "/.well-known/jwks.json")).response.json()
        return keys

    async def _wait(
        self, document_id: str, limit: float | None, delay: float, cancellation: Cancellation
    ) -> Document:
        return await wait_until_processed(self._api, document_id, limit, delay, cancellation)

    async def _call(self, method: str, path: str, model: type[M], **options: Any) -> M:
        return (await self._api.call(method, path, **options)).parse(model)


@contextmanager
def _catch(
    outcomes: dict[int, tuple[Document, float] | Document | AirlockError], index: int
) -> Iterator[None]:
    """Records an AirlockError as the outcome, so that one file does not end the others."""
    try:
        yield
    except AirlockError as error:
        outcomes[index] = error


def _get_result(outcome: tuple[Document, float] | Document | AirlockError) -> Document | AirlockError:
    return outcome[0] if isinstance(outcome, tuple) else outcome
