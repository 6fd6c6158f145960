"""The composition root of the function `documents`."""

from functools import cache

from functions import wiring
from functions.services.documents import DocumentService
from functions.wiring import owner_limits
from functions.wiring.delivery import delivery


@cache
def document_service() -> DocumentService:
    return DocumentService(
        repository=wiring.repository(),
        delivery=delivery(),
        download_lifetime=wiring.settings().download_lifetime,
        restore_window=wiring.settings().restore_window,
        downloads=owner_limits.download_quota(),
    )
