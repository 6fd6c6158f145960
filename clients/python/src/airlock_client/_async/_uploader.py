"""One upload, new or resumed, from the file to the document that has its bytes."""

import secrets
import time
from dataclasses import replace

from airlock_client._async._api import Api
from airlock_client._async._io import run_blocking
from airlock_client._async._multipart import MultipartTransfer
from airlock_client._async._put import Renew, put_file
from airlock_client._async._storage import Storage
from airlock_client._cancellation import Cancellation
from airlock_client._resume import ResumeStore, UploadState, compute_state_name
from airlock_client._sources import compute_sha256
from airlock_client._upload_request import Upload, create_request
from airlock_client.errors import ProblemError
from airlock_client.models import (
    CreateResponse,
    Document,
    MultipartUpload,
    PutUpload,
    UploadProgressResponse,
)
from airlock_client.progress import Progress

_ENDED = frozenset(
    {"upload_expired", "document_not_found", "invalid_state", "not_multipart", "idempotency_key_reused"}
)
"""Codes of a document that takes no more bytes, or not those of this file, so that its next upload is a new one."""
_ARRIVED = frozenset({"processing", "ready"})


class Uploader:
    """Uploads the files of one client. `store` keeps what a later process needs to resume; None keeps nothing."""

    def __init__(self, api: Api, storage: Storage, store: ResumeStore | None, parallel: int) -> None:
        self._api = api
        self._storage = storage
        self._store = store
        self._parallel = parallel

    async def send(self, upload: Upload, cancellation: Cancellation) -> tuple[Document, float]:
        """Returns the document, whose bytes have arrived, and the seconds after which it may be ready."""
        state = self._load(upload)
        if state:
            try:
                return await self._resume(state, upload, cancellation)
            except ProblemError as error:
                if error.code not in _ENDED:
                    raise
        state = UploadState(secrets.token_hex(16), None, time.time())
        # Saved before the create, so that a process that dies before the response repeats it with the same key.
        self._save(upload, state)
        return await self._create_and_send(state, upload, cancellation)

    def forget(self, upload: Upload) -> None:
        """Removes what was kept of an upload that has ended."""
        if self._store and (name := self._name(upload)):
            self._store.remove(name)

    def is_known(self, upload: Upload) -> bool:
        """Returns True if an earlier process has begun this upload."""
        return self._load(upload) is not None

    def remember(self, upload: Upload, document: Document) -> None:
        """Keeps what a later process needs to find the document that was created in a batch."""
        self._save(upload, UploadState(None, document.id, time.time()))

    async def send_put(
        self, upload: Upload, put: PutUpload | None, renew: Renew, cancellation: Cancellation
    ) -> None:
        """Sends a file in one request."""
        progress = Progress(upload.source.size, upload.on_progress)
        await put_file(self._storage, put, renew, upload.source.read_whole(), progress, cancellation)

    async def describe(self, upload: Upload) -> dict[str, object]:
        """Returns the body of the create."""
        sha256 = None
        if not upload.is_sent_in_parts:
            sha256 = await run_blocking(compute_sha256, upload.source.read_whole())
        return create_request(upload, sha256).to_json()

    async def _resume(
        self, state: UploadState, upload: Upload, cancellation: Cancellation
    ) -> tuple[Document, float]:
        """Raises ProblemError with a code of `_ENDED` if the document takes no more bytes."""
        if state.document_id is None or (state.key and not upload.is_sent_in_parts):
            return await self._create_and_send(state, upload, cancellation)
        path = f"/documents/{state.document_id}"
        document = (await self._api.call("GET", path)).parse(Document)
        if document.status in _ARRIVED:
            return document, 0.0
        if not state.key:  # of a batch, whose URLs only that process could renew
            await self._api.call("POST", f"{path}/abort", body={})
            return _check_arrived(document), 0.0
        return await self._resume_parts(document, upload, cancellation)

    async def _create_and_send(
        self, state: UploadState, upload: Upload, cancellation: Cancellation
    ) -> tuple[Document, float]:
        key = state.key or secrets.token_hex(16)
        body = await self.describe(upload)
        created = await self._create(body, key)
        document = created.document
        self._save(upload, replace(state, document_id=document.id))
        if created.upload is None:
            return _check_arrived(document), 0.0
        if isinstance(created.upload, MultipartUpload):
            plan = created.upload
            # No part was sent yet, because the id of the document is saved before the first one.
            transfer = self._begin_parts(document, upload, 0, cancellation)
            return document, await transfer.run(plan.part_size, range(1, plan.part_count + 1))

        async def renew() -> PutUpload | None:
            return read_put(await self._create(body, key))

        await self.send_put(upload, read_put(created), renew, cancellation)
        return document, 0.0

    async def _create(self, body: dict[str, object], key: str) -> CreateResponse:
        headers = {"idempotency-key": key}
        response = await self._api.call("POST", "/documents", body=body, headers=headers)
        return response.parse(CreateResponse)

    async def _resume_parts(
        self, document: Document, upload: Upload, cancellation: Cancellation
    ) -> tuple[Document, float]:
        """Sends the parts that S3 does not have."""
        response = await self._api.call("GET", f"/documents/{document.id}/parts")
        parts = response.parse(UploadProgressResponse)
        loaded = sum(part.size for part in parts.uploaded)
        transfer = self._begin_parts(document, upload, loaded, cancellation)
        return document, await transfer.run(parts.part_size, parts.missing)

    def _begin_parts(
        self, document: Document, upload: Upload, loaded: int, cancellation: Cancellation
    ) -> MultipartTransfer:
        """Returns a transfer of which S3 has `loaded` bytes."""
        progress = Progress(upload.source.size, upload.on_progress)
        progress.add(loaded)
        return MultipartTransfer(
            self._api,
            self._storage,
            upload.source,
            f"/documents/{document.id}",
            progress=progress,
            parallel=self._parallel,
            parent=cancellation,
        )

    def _load(self, upload: Upload) -> UploadState | None:
        name = self._name(upload)
        return self._store.load(name) if self._store and name else None

    def _save(self, upload: Upload, state: UploadState) -> None:
        if self._store and (name := self._name(upload)):
            self._store.save(name, state)

    def _name(self, upload: Upload) -> str | None:
        request = upload.describe()
        if self._api.on_behalf_of is not None:
            request["onBehalfOf"] = self._api.on_behalf_of
        return compute_state_name(self._api.endpoint, upload.source, request)


def read_put(created: CreateResponse) -> PutUpload | None:
    """Returns where to send the file, or None if its bytes have arrived."""
    return created.upload if isinstance(created.upload, PutUpload) else None


def _check_arrived(document: Document) -> Document:
    """Returns the document of a repeated create if its bytes have arrived. Raises ProblemError if it has ended without them."""
    if document.status in _ARRIVED:
        return document
    raise ProblemError("invalid_state", f"The document is {document.status}.", status=409)
