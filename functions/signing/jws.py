"""JSON Web Signatures with ES256: the compact form (RFC 7515), public keys (RFC 7517) and raw signatures (RFC 7518, 3.4)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_P256_HEADER = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""DER before the coordinates of an uncompressed point of P-256, in a SubjectPublicKeyInfo (RFC 5480)."""

COORDINATE = 32
"""Bytes of a coordinate, and of each half of a signature."""

_SEQUENCE, _INTEGER = 0x30, 0x02
"""Tags of DER (X.690)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key on the curve P-256. `x` and `y` have 32 bytes."""

    x: bytes
    y: bytes

    @classmethod
    def from_der(cls, der: bytes) -> "PublicKey":
        """Parses a SubjectPublicKeyInfo, the format of KMS. Raises ValueError for a key of another sort."""
        point = der.removeprefix(_P256_HEADER)
        if not der.startswith(_P256_HEADER) or len(point) != 2 * COORDINATE:
            raise ValueError("not an uncompressed public key on the curve P-256")
        return cls(point[:COORDINATE], point[COORDINATE:])

    def to_der(self) -> bytes:
        """Returns what `from_der` parses."""
        return _P256_HEADER + self.x + self.y

    @property
    def thumbprint(self) -> str:
        """The SHA-256 of the key's required members in the order of their names (RFC 7638)."""
        return _encode(hashlib.sha256(_to_json(dict(sorted(self._members().items())))).digest())

    def to_jwk(self) -> dict[str, str]:
        return {**self._members(), "kid": self.thumbprint, "use": "sig", "alg": "ES256"}

    def _members(self) -> dict[str, str]:
        return {"kty": "EC", "crv": "P-256", "x": _encode(self.x), "y": _encode(self.y)}


class SigningKey(Protocol):
    """A private key on the curve P-256 that never leaves its store."""

    def public_key(self) -> PublicKey:
        """Returns the public key. Raises Unavailable."""

    def sign(self, digest: bytes) -> bytes:
        """Returns the ECDSA signature of a SHA-256 digest in DER. Raises Unavailable."""


def sign_claims(claims: Mapping[str, Any], key: SigningKey, type_name: str) -> str:
    """Returns the claims as a JWS in the compact form. Its header has `alg`, `kid` and `typ`. Raises Unavailable."""
    header = {"alg": "ES256", "kid": key.public_key().thumbprint, "typ": type_name}
    signed = f"{_encode(_to_json(header))}.{_encode(_to_json(claims))}"
    signature = key.sign(hashlib.sha256(signed.encode()).digest())
    return f"{signed}.{_encode(to_raw_signature(signature))}"


def to_raw_signature(der: bytes) -> bytes:
    """Converts an ECDSA signature from DER to the 64 bytes r || s of ES256. Raises ValueError.

    An integer of DER has no leading zeros but one, which keeps a number with a high first bit positive.
    """
    if der[:2] != bytes([_SEQUENCE, len(der) - 2 & 0xFF]):
        raise ValueError("the signature is not a sequence of DER")
    r, rest = _read_integer(der[2:])
    s, rest = _read_integer(rest)
    if rest:
        raise ValueError("the signature has more than two integers")
    return r + s


def _read_integer(der: bytes) -> tuple[bytes, bytes]:
    """Returns the first integer as 32 bytes, and what follows it."""
    if len(der) < 3 or der[0] != _INTEGER or not 1 <= der[1] <= len(der) - 2 or der[2] & 0x80:
        raise ValueError("the signature has no two positive integers")
    number = der[2 : 2 + der[1]].lstrip(b"\0")
    if len(number) > COORDINATE:
        raise ValueError("an integer of the signature is too large for P-256")
    return number.rjust(COORDINATE, b"\0"), der[2 + der[1] :]


def _to_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    """Returns base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
