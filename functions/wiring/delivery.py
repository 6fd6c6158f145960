"""The composition root of delivery: presigned URLs of S3, or signed ones of CloudFront where the deployment has a distribution."""

import json
from functools import cache

from functions.signing.delivery import CloudFrontDelivery, Delivery, S3Delivery
from functions.wiring import settings, signer


@cache
def delivery() -> Delivery:
    return _create_cloudfront_delivery() if settings().delivery else S3Delivery(signer())


def _create_cloudfront_delivery() -> CloudFrontDelivery:
    # Imported here, because no other deployment has the package `cryptography`.
    from functions.adapters.delivery_keys import CachedTrustedKey
    from functions.wiring.secrets import create_secret_request

    chosen = json.loads(settings().delivery)
    read = create_secret_request(chosen["secret"])
    return CloudFrontDelivery(chosen["origin"], CachedTrustedKey(read, chosen["keyIds"]))
