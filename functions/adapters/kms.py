"""An asymmetric key in KMS that signs with ECDSA on the curve P-256.

IAM actions: kms:GetPublicKey, kms:Sign.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.codes import Code
from functions.signing.jws import PublicKey


class KMSClient(Protocol):
    """The operations of boto3's client that are used."""

    def get_public_key(self, *, KeyId: str) -> Mapping[str, Any]: ...  # noqa: N803 - boto3's name

    def sign(
        self,
        *,
        KeyId: str,  # noqa: N803
        Message: bytes,  # noqa: N803
        MessageType: str,  # noqa: N803
        SigningAlgorithm: str,  # noqa: N803
    ) -> Mapping[str, Any]: ...


class KMSSigningKey:
    """The key with this id or ARN. Its public key never changes, so it is read once."""

    def __init__(self, client: KMSClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id
        self._public_key: PublicKey | None = None

    def public_key(self) -> PublicKey:
        """Returns the public key. Raises Unavailable."""
        if self._public_key is None:
            with _unavailable_when_faulty():
                response = self._client.get_public_key(KeyId=self._key_id)
            self._public_key = PublicKey.from_der(response["PublicKey"])
        return self._public_key

    def sign(self, digest: bytes) -> bytes:
        """Returns the signature of a SHA-256 digest in DER. Raises Unavailable.

        A digest has always 32 bytes, and KMS takes at most 4,096 bytes of a message.
        https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
        """
        with _unavailable_when_faulty():
            response = self._client.sign(
                KeyId=self._key_id,
                Message=digest,
                MessageType="DIGEST",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        signature: bytes = response["Signature"]
        return signature


def _unavailable_when_faulty() -> AbstractContextManager[None]:
    return unavailable_when_faulty(Code.SIGNING_UNAVAILABLE, "KMS")
