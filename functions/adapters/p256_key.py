"""A private key on the curve P-256 in memory. Only functions that sign URLs of CloudFront have the package `cryptography`."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from functions.signing.jws import PublicKey

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
        """Parses what `to_text` returned. Raises ValueError for anything else."""
        key = load_der_private_key(base64.b64decode(text), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("not a private key on the curve P-256")  # noqa: TRY004 - as for another curve
        return cls(key)

    def to_text(self) -> str:
        """Returns base64 of PKCS #8 in DER, which is the private key."""
        der = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return base64.b64encode(der).decode()

    def public_key(self) -> PublicKey:
        return PublicKey.from_der(self.public_der())

    def public_der(self) -> bytes:
        """Returns the SubjectPublicKeyInfo (RFC 5480)."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, digest: bytes) -> bytes:
        """Returns the ECDSA signature of a SHA-256 digest in DER."""
        return self._key.sign(digest, _ALGORITHM)
