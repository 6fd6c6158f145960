"""A private key on the curve P-256 in memory. Only functions that sign URLs of CloudFront have the package `cryptography`.

A key is a number, so that `cryptography`'s module of file formats is not needed: its import takes 80 ms of CPU of a cold start.
"""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from functions.signing.jws import COORDINATE, PublicKey

# The nonce follows from key and digest (RFC 6979), because processes that start from one snapshot share the state of the
# generator of random numbers, and two signatures with one nonce reveal the key.
_ALGORITHM = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)


class P256Key:
    """Signs digests. Its representation does not contain the key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> "P256Key":
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_text(cls, text: str) -> "P256Key":
        """Parses what `to_text` returned. Raises ValueError, which does not contain it, for anything else."""
        number = base64.b64decode(text, validate=True)
        if len(number) != COORDINATE:
            raise ValueError("not a private key on the curve P-256")
        return cls(ec.derive_private_key(int.from_bytes(number), ec.SECP256R1()))

    def to_text(self) -> str:
        """Returns base64 of the private key, a number of 32 bytes, most significant first (SEC 1, C.4)."""
        number = self._key.private_numbers().private_value
        return base64.b64encode(number.to_bytes(COORDINATE)).decode()

    def public_key(self) -> PublicKey:
        numbers = self._key.public_key().public_numbers()
        return PublicKey(numbers.x.to_bytes(COORDINATE), numbers.y.to_bytes(COORDINATE))

    def sign(self, digest: bytes) -> bytes:
        """Returns the ECDSA signature of a SHA-256 digest in DER."""
        return self._key.sign(digest, _ALGORITHM)
