"""The composition root of the function `manifests`, which alone needs KMS."""

import base64
import json
from functools import cache

from functions.adapters.kms import KMSSigningKey
from functions.services.manifests import ManifestService
from functions.signing.jws import PublicKey
from functions.wiring import clients, repository, settings


@cache
def manifest_service() -> ManifestService:
    chosen = json.loads(settings().manifest)
    return ManifestService(
        repository=repository(),
        key=KMSSigningKey(clients.kms(), chosen["key"]),
        earlier_keys=tuple(PublicKey.from_der(base64.b64decode(key)) for key in chosen["earlierKeys"]),
        issuer=chosen["issuer"],
    )
