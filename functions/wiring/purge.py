"""The composition root of the function `purge`."""

from functools import cache

from functions import wiring
from functions.services.purge import PurgeService


@cache
def purge_service() -> PurgeService:
    return PurgeService(wiring.repository(), wiring.bucket_inventory(), wiring.multipart_store(), wiring.now)
