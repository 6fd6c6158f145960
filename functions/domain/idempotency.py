"""The hash of an Idempotency-Key, and the fingerprint of the request that it is valid for."""

import hashlib
from collections.abc import Sequence

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.repository import AlreadyCreated, IdempotencyKey
from functions.domain.validation import InvalidRequest, UploadRequest


def hash_key(key: str | None, client: str | None, fingerprint: str) -> IdempotencyKey | None:
    """Returns None without a key. The keys of a machine, `client`, are its own in the collection of the owner."""
    if key is None:
        return None
    # No key of a request has a space.
    text = key if client is None else f"{key} {client}"
    return IdempotencyKey(hashlib.sha256(text.encode()).hexdigest(), fingerprint)


def fingerprint_batch(requests: Sequence[UploadRequest | InvalidRequest]) -> str:
    """Returns the fingerprint of a batch, which is that of no single request."""
    fingerprints = " ".join(request.fingerprint() for request in requests)
    return hashlib.sha256(fingerprints.encode()).hexdigest()


def check_fingerprint(earlier: AlreadyCreated, fingerprint: str) -> None:
    """Raises InvalidInput `idempotency_key_reused` if the earlier request was a different one."""
    if earlier.fingerprint != fingerprint:
        raise InvalidInput(
            Code.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used for a different request before."
        )
