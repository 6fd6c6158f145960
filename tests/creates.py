"""The use case of creating documents, over fakes, and requests for it."""

from datetime import timedelta
from typing import Any

from functions.domain.quota import Limits
from functions.domain.validation import UploadRequest
from functions.services.uploads import CreateResult, UploadService
from tests.examples import BUCKET, KINDS, NOW, OWNER, PLENTY, SIGNER, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryDocuments


def uploads(
    repository: InMemoryDocuments, limits: Limits = PLENTY, multipart: InMemoryMultipartStore | None = None
) -> UploadService:
    s3 = multipart or InMemoryMultipartStore()
    return UploadService(
        repository=repository,
        signer=lambda: SIGNER,
        multipart=lambda: s3,
        kinds=KINDS,
        limits=limits,
        bucket=BUCKET,
        url_lifetime=900,
        upload_lifetime=86_400,
    )


def request(**changes: Any) -> UploadRequest:
    values: dict[str, Any] = {"file_name": "cat.png", "size": 100, "content_type": "image/png"}
    return UploadRequest(**values | changes)


def create(
    on: UploadService, number: int = 0, key: str | None = None, owner: str = OWNER, **changes: Any
) -> CreateResult:
    now = NOW + timedelta(seconds=number)
    return on.create(request(**changes), owner=owner, document_id=an_id(number), idempotency_key=key, now=now)
