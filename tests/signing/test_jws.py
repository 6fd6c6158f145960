"""ES256: signatures of DER as r || s, public keys as JWK, and their thumbprints."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey

from functions.signing.jws import PublicKey, to_raw_signature

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256. An integer of a signature is below it."""


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (ORDER - 1, ORDER - 1),
        (1, 1),
        (0x7F, 0x80),
        (1 << 255, (1 << 255) - 1),
        ((1 << 248) - 1, 1 << 247),
        (0x00FF << 232, ORDER - 2),
    ],
    ids=["highest", "one byte", "first bit set", "33 and 32 bytes", "31 bytes", "leading zeros"],
)
def test_each_integer_becomes_32_bytes(r: int, s: int) -> None:
    raw = to_raw_signature(utils.encode_dss_signature(r, s))
    assert raw == r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_every_real_signature_is_converted() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    for number in range(300):
        der = key.sign(number.to_bytes(2, "big"), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(der)
        assert to_raw_signature(der) == r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        bytes.fromhex("3000"),
        bytes.fromhex("3003020101"),
        bytes.fromhex("30060201010201"),
        bytes.fromhex("3006020101020101ff"),
        bytes.fromhex("3009020101020101020101"),
        bytes.fromhex("3106020101020101"),
        bytes.fromhex("3006030101020101"),
        bytes.fromhex("3006020181020101"),
        bytes.fromhex("30050200020101"),
        bytes.fromhex("3027022201" + "00" * 33 + "020101"),
    ],
    ids=lambda der: der.hex()[:24] or "empty",
)
def test_what_is_no_signature_of_der_is_an_error(der: bytes) -> None:
    with pytest.raises(ValueError, match="signature"):
        to_raw_signature(der)


def test_a_public_key_is_the_jwk_of_an_independent_library() -> None:
    for _ in range(20):
        der = spki(ec.generate_private_key(ec.SECP256R1()))
        key = PublicKey.from_der(der)
        other = ECKey.import_key(der)
        assert key.thumbprint == other.thumbprint()
        public = {name: str(value) for name, value in other.as_dict(private=False).items()}
        assert key.to_jwk() == {**public, "kid": key.thumbprint, "use": "sig", "alg": "ES256"}


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    """The text that is hashed is written out, with the key of RFC 7517, A.1."""
    x, y = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    expected = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    key = PublicKey(*(base64.urlsafe_b64decode(f"{part}=") for part in (x, y)))
    assert key.thumbprint == expected


def test_a_key_of_another_sort_is_an_error() -> None:
    good = spki(ec.generate_private_key(ec.SECP256R1()))
    for der in (spki(ec.generate_private_key(ec.SECP384R1())), good[:-1], good + b"\0", good[27:], b""):
        with pytest.raises(ValueError, match="P-256"):
            PublicKey.from_der(der)
