"""Requests to create documents, and an upload service on fakes."""

from datetime import timedelta
from typing import Any

from functions.domain.callers import Caller
from functions.domain.quota import Limits
from functions.domain.validation import UploadRequest
from functions.services.uploads import CreateResult, UploadService
from tests.examples import NOW, OWNER, PLENTY, an_id
from tests.fake_deployment import FakeDeployment
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryDocuments


def upload_service(
    repository: InMemoryDocuments, limits: Limits = PLENTY, multipart: InMemoryMultipartStore | None = None
) -> UploadService:
    s3 = multipart or InMemoryMultipartStore()
    return FakeDeployment(repository=repository, s3=s3, limits=limits).upload_service()


def make_request(**changes: Any) -> UploadRequest:
    values: dict[str, Any] = {"file_name": "cat.png", "size": 100, "content_type": "image/png"}
    return UploadRequest(**values | changes)


def create(
    service: UploadService, number: int = 0, key: str | None = None, owner: str = OWNER, **changes: Any
) -> CreateResult:
    """Creates document `number`, `number` seconds after NOW."""
    return service.create(
        make_request(**changes),
        caller=Caller(owner),
        document_id=an_id(number),
        idempotency_key=key,
        now=NOW + timedelta(seconds=number),
    )
