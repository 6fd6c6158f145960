"""A private key in memory: its text, its signatures, and that it shows nothing of itself."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from functions.adapters.p256_key import P256Key

# RFC 6979, A.2.5: P-256, SHA-256, message "sample".
_PRIVATE = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
_R = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
_S = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"


def test_signatures_are_those_of_the_rfc() -> None:
    key = P256Key(ec.derive_private_key(_PRIVATE, ec.SECP256R1()))
    signature = key.sign(hashlib.sha256(b"sample").digest())
    assert signature.hex().upper() == f"3046022100{_R}022100{_S}"


def test_a_key_is_read_back_and_never_shown() -> None:
    key = P256Key.generate()
    again = P256Key.from_text(key.to_text())
    assert again.public_key() == key.public_key()
    assert key.to_text() not in repr(key)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_curve_is_refused(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey,
) -> None:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="P-256"):
        P256Key.from_text(base64.b64encode(der).decode())
