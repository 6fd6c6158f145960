"""The composition root of delivery: presigned URLs of S3, or signed ones of CloudFront where the deployment has a distribution."""

import json
from functools import cache

from functions import clients
from functions.adapters.credentials import credentials_from_environment
from functions.signing.delivery import CloudFrontDelivery, Delivery, S3Delivery
from functions.signing.endpoint import regional_host
from functions.wiring import settings, signer


@cache
def delivery() -> Delivery:
    return _create_cloudfront_delivery() if settings().delivery else S3Delivery(signer())


def _create_cloudfront_delivery() -> CloudFrontDelivery:
    # Imported here, because no other deployment has the package `cryptography`.
    from functions.adapters.delivery_keys import CachedTrustedKey
    from functions.adapters.secret_request import SecretRequest

    chosen, region = json.loads(settings().delivery), clients.region()
    host = f"https://{regional_host('secretsmanager', region)}"
    read = SecretRequest(
        clients.endpoint_override("SECRETS_MANAGER") or host,
        region,
        chosen["secret"],
        credentials_from_environment,
    )
    return CloudFrontDelivery(chosen["origin"], CachedTrustedKey(read, chosen["keyIds"]))
