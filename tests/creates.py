"""The use case of creating documents, over fakes, and requests for it."""

from datetime import timedelta
from typing import Any

from functions.core.intake import NewUpload
from functions.core.quota import Limits
from functions.core.uploads import Created, Uploads
from tests.examples import BUCKET, KINDS, NOW, OWNER, PLENTY, SIGNER, an_id
from tests.fake_multipart import InMemoryMultipart
from tests.fakes import InMemoryRecords


def uploads(
    records: InMemoryRecords, limits: Limits = PLENTY, multipart: InMemoryMultipart | None = None
) -> Uploads:
    s3 = multipart or InMemoryMultipart()
    return Uploads(
        records=records,
        signer=lambda: SIGNER,
        multipart=lambda: s3,
        kinds=KINDS,
        limits=limits,
        bucket=BUCKET,
        url_lifetime=900,
        upload_lifetime=86_400,
    )


def request(**changes: Any) -> NewUpload:
    values: dict[str, Any] = {"file_name": "cat.png", "size": 100, "content_type": "image/png"}
    return NewUpload(**values | changes)


def create(
    on: Uploads, number: int = 0, key: str | None = None, owner: str = OWNER, **changes: Any
) -> Created:
    now = NOW + timedelta(seconds=number)
    return on.create(request(**changes), owner=owner, document_id=an_id(number), idempotency_key=key, now=now)
