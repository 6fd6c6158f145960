"""Signs URLs as botocore does, with keys of CloudFront's two kinds. Independent of the package under test."""

from datetime import UTC, datetime
from typing import Any

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

NOW = 1_800_000_000
"""The time at which tests begin, in seconds since 1970."""


class Key:
    """A private key that signs URLs with SHA-1 or, with the parameter Hash-Algorithm, with SHA-256."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self._private = private

    @property
    def public_pem(self) -> str:
        format = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._private.public_key().public_bytes(serialization.Encoding.PEM, format).decode()

    def sign(
        self, url: str, id: str = "Key0", *, sha: int = 256, expires: int = NOW + 60, **policy: Any
    ) -> str:
        """Returns a signed URL: with a canned policy, or with a custom one where `policy` has text or bounds."""
        algorithm = hashes.SHA256() if sha == 256 else hashes.SHA1()
        signer = CloudFrontSigner(id, lambda message: self._sign(message, algorithm))
        signed: str
        if policy:
            signed = signer.generate_presigned_url(
                url, policy=policy.pop("policy", None) or _build(url, expires, **policy)
            )
        else:
            signed = signer.generate_presigned_url(url, date_less_than=datetime.fromtimestamp(expires, UTC))
        return f"{signed}&Hash-Algorithm=SHA256" if sha == 256 else signed

    def _sign(self, message: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(message, padding.PKCS1v15(), algorithm)
        return self._private.sign(message, ec.ECDSA(algorithm))


def _build(
    url: str, expires: int, *, resource: str = "", begins: int | None = None, address: str | None = None
) -> str:
    signer = CloudFrontSigner("unused", lambda message: message)
    built: str = signer.build_policy(
        resource or url.replace("?", "\\?"),
        datetime.fromtimestamp(expires, UTC),
        datetime.fromtimestamp(begins, UTC) if begins else None,
        address,
    )
    return built


def create_ecdsa_key() -> Key:
    return Key(ec.generate_private_key(ec.SECP256R1()))


def create_rsa_key() -> Key:
    return Key(rsa.generate_private_key(65537, 2048))
