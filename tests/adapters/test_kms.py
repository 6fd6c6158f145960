"""A signing key in KMS: what is requested, and the translation of KMS's errors."""

from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.adapters.kms import KMSSigningKey
from functions.domain.errors import Unavailable
from functions.signing.jws import PublicKey
from tests.moto_account import REGION

DER = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)


@pytest.fixture
def stubber() -> Stubber:
    client = boto3.client("kms", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(cast(Any, client))


def key_of(stubber: Stubber) -> KMSSigningKey:
    return KMSSigningKey(cast(Any, stubber.client), "a-key")


def test_a_digest_is_signed_and_not_hashed_again(stubber: Stubber) -> None:
    request = {
        "KeyId": "a-key",
        "Message": b"d" * 32,
        "MessageType": "DIGEST",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    stubber.add_response("sign", {"Signature": b"der"}, request)
    with stubber:
        assert key_of(stubber).sign(b"d" * 32) == b"der"


def test_the_public_key_is_read_once(stubber: Stubber) -> None:
    stubber.add_response("get_public_key", {"PublicKey": DER}, {"KeyId": "a-key"})
    with stubber:
        key = key_of(stubber)
        assert key.public_key() == key.public_key() == PublicKey.from_der(DER)


@pytest.mark.parametrize("operation", ["get_public_key", "sign"])
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("AccessDeniedException", 400),
        ("DisabledException", 400),
        ("KMSInvalidStateException", 400),
        ("NotFoundException", 400),
        ("KMSInternalException", 500),
    ],
)
def test_a_fault_is_nobodys(stubber: Stubber, operation: str, code: str, status: int) -> None:
    stubber.add_client_error(operation, code, http_status_code=status)
    with stubber, pytest.raises(Unavailable) as refused:
        key_of(stubber).public_key() if operation == "get_public_key" else key_of(stubber).sign(b"d" * 32)
    assert refused.value.code == "signing_unavailable"
