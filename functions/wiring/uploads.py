"""The composition root of the function `uploads`. A create of a single PUT does without what the parts of an upload need."""

from functools import cache
from typing import TYPE_CHECKING

from functions import wiring
from functions.services.uploads import UploadService

if TYPE_CHECKING:
    from functions.services.multipart import MultipartService


@cache
def upload_service() -> UploadService:
    chosen = wiring.settings()
    return UploadService(
        repository=wiring.repository(),
        signer=wiring.signer(),
        multipart=wiring.multipart_store,
        kinds=wiring.kinds(),
        limits=wiring.limits(),
        bucket=chosen.bucket,
        lifetimes=wiring.lifetimes(),
        part_size=chosen.part_size,
        redirect_origins=frozenset(chosen.redirect_origins.split(",")),
    )


@cache
def multipart_service() -> "MultipartService":
    from functions.services.multipart import MultipartService

    return MultipartService(
        repository=wiring.repository(),
        signer=wiring.signer(),
        multipart=wiring.multipart_store,
        lifetimes=wiring.lifetimes(),
    )
