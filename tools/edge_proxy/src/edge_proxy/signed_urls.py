"""Signed URLs with a canned or a custom policy.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html
"""

import base64
import binascii
import json
import re

from edge_proxy.errors import access_denied, signature_error
from edge_proxy.key_groups import HASHES, PublicKeys, is_valid_signature
from edge_proxy.url_policies import UrlPolicy, read_policy

RESERVED = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
"""Parameters of CloudFront's, which neither the cache key nor the origin sees."""
_BASE64 = str.maketrans("-_~", "+=/")


def split_query(query: str) -> tuple[str, dict[str, list[str]]]:
    """Returns the query without CloudFront's own parameters, otherwise unchanged, and the values of those by name."""
    own, reserved = [], dict[str, list[str]]()
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if name in RESERVED:
            reserved.setdefault(name, []).append(value)
        else:
            own.append(pair)
    return "&".join(own), reserved


def verify_signed_url(
    base_url: str, parameters: dict[str, list[str]], keys: PublicKeys, now: float, address: str
) -> None:
    """Raises EdgeError 403 unless a trusted key signed `base_url` for `now`, in seconds since 1970, and for this viewer.

    `base_url` and `parameters` are the two parts of the URL, see `split_query`.
    """
    if not parameters.get("Key-Pair-Id", [""])[0]:
        raise signature_error("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
    if any(len(values) > 1 for values in parameters.values()):
        raise access_denied()
    single = {name: values[0] for name, values in parameters.items()}
    if single["Key-Pair-Id"] not in keys:
        raise signature_error("InvalidKey", "Unknown Key")
    statement, policy = _read_statement(base_url, single)
    algorithm = HASHES.get(single.get("Hash-Algorithm", "SHA1"))
    signature = _decode(single.get("Signature", ""))
    if algorithm is None or not is_valid_signature(
        keys[single["Key-Pair-Id"]], signature, statement, algorithm
    ):
        raise access_denied()
    if not policy.allows(base_url, now, address):
        raise access_denied()


def canned_policy(base_url: str, expires: int) -> bytes:
    """Returns the statement that a URL with `Expires` stands for, without white space."""
    condition = {"DateLessThan": {"AWS:EpochTime": expires}}
    statement = {"Statement": [{"Resource": base_url, "Condition": condition}]}
    return json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode()


def _read_statement(base_url: str, parameters: dict[str, str]) -> tuple[bytes, UrlPolicy]:
    """Returns what was signed and what it means. One of Expires and Policy is required, and never both."""
    expires, encoded = parameters.get("Expires"), parameters.get("Policy")
    if (expires is None) == (encoded is None):
        raise access_denied()
    if expires is not None:
        if not re.fullmatch(r"[0-9]{1,19}", expires):
            raise access_denied()
        # The statement is made of this very URL, so the signature decides whether the resource matches.
        return canned_policy(base_url, int(expires)), UrlPolicy("*", int(expires))
    statement = _decode(encoded or "")
    try:
        return statement, read_policy(statement)
    except ValueError as error:
        raise access_denied() from error


def _decode(text: str) -> bytes:
    """Decodes CloudFront's dialect of base64. Raises EdgeError 403."""
    if set("+=/%") & set(text):
        raise access_denied()
    try:
        return base64.b64decode(text.translate(_BASE64), validate=True)
    except binascii.Error as error:
        raise access_denied() from error
