"""The public keys of trusted key groups, and the signatures that they verify.

Keys are RSA 2048 or ECDSA P-256. The policy is hashed by SHA-1 unless the URL has `Hash-Algorithm=SHA256`.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from edge_proxy.errors import TemplateError
from edge_proxy.template import Template

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PublicKeys: TypeAlias = Mapping[str, PublicKey]
"""Public keys by the id that `Key-Pair-Id` names."""
HASHES: Mapping[str, hashes.HashAlgorithm] = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}  # noqa: S303
_MAX_KEYS = 5
"""Keys of a group, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-key-groups"""


def read_public_keys(template: Template, key_groups: Iterable[str]) -> PublicKeys:
    """Returns the keys of these groups. Raises TemplateError for a group that is missing, empty or too large."""
    return {id: _read_key(template, id) for group in key_groups for id in _read_group(template, group)}


def is_valid_signature(
    key: PublicKey, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    """True if the key's owner signed the message: PKCS#1 v1.5 for RSA, DER for ECDSA."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), algorithm)
        else:
            key.verify(signature, message, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _read_group(template: Template, group: str) -> list[str]:
    with (
        template.find("AWS::CloudFront::KeyGroup", group) as resource,
        resource.nested("KeyGroupConfig") as config,
    ):
        config.ignore("Name", "Comment")
        ids: list[str] = config.take("Items")
    if not 1 <= len(ids) <= _MAX_KEYS:
        raise TemplateError(f"{config.where}: a key group has 1 to {_MAX_KEYS} keys")
    return ids


def _read_key(template: Template, id: str) -> PublicKey:
    with (
        template.find("AWS::CloudFront::PublicKey", id) as resource,
        resource.nested("PublicKeyConfig") as config,
    ):
        config.ignore("Name", "Comment", "CallerReference")
        encoded = config.take("EncodedKey")
    try:
        key = serialization.load_pem_public_key(encoded.encode())
    except ValueError as error:
        raise TemplateError(f"{config.where}: EncodedKey is not a PEM") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == 2048:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise TemplateError(f"{config.where}: CloudFront takes RSA 2048 and ECDSA P-256 only")
