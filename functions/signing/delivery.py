"""Delivery: the URLs under which clients read stored content, of S3 or of CloudFront. Both name one version, its file name and type.

A URL of CloudFront has a canned policy, so the resource that is signed is the whole URL with its query. A custom policy
would take `*` and `?` of the query as wildcards, and add 200 bytes to each URL.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote

from functions.domain.content import StoredContent
from functions.signing.jws import SigningKey
from functions.signing.presigning import DownloadMethod, describe_response, sign_download
from functions.signing.sigv4 import SignedUrl, Signer

_TO_CLOUDFRONT = bytes.maketrans(b"+=/", b"-_~")
"""CloudFront's own alphabet of base64, which is not that of RFC 4648."""


_GB = 1_000**3


class Delivery(Protocol):
    """Signs the URLs of stored content.

    `max_response` is the size of the largest response, in bytes. `binds_method` is False if a URL for HEAD serves GET too.
    """

    @property
    def max_response(self) -> int: ...

    @property
    def binds_method(self) -> bool: ...

    def sign(
        self, content: StoredContent, *, inline: bool, method: DownloadMethod, lifetime: int, now: datetime
    ) -> SignedUrl:
        """Returns the URL of exactly one version. `lifetime` is in seconds, `now` in UTC.

        `inline` takes effect only for content types that cannot run scripts. Raises Unavailable.
        """


@dataclass(frozen=True, slots=True)
class S3Delivery:
    """Presigned URLs of S3. S3 accepts each of them for one method."""

    signer: Callable[[], Signer]
    max_response: int = 5_000 * _GB
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
    binds_method: bool = True

    def sign(
        self, content: StoredContent, *, inline: bool, method: DownloadMethod, lifetime: int, now: datetime
    ) -> SignedUrl:
        return sign_download(self.signer(), content, inline=inline, method=method, lifetime=lifetime, now=now)


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A private key, and the id under which CloudFront knows its public key."""

    id: str
    key: SigningKey


@dataclass(frozen=True, slots=True)
class CloudFrontDelivery:
    """Signed URLs of a distribution, whose origin is, for example, `https://d111111abcdef8.cloudfront.net`.

    `trusted_key` is called for each URL, because the key rotates while the function runs.
    """

    origin: str
    trusted_key: Callable[[], TrustedKey]
    max_response: int = 50 * _GB
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""
    binds_method: bool = False

    def sign(
        self,
        content: StoredContent,
        *,
        inline: bool,
        method: DownloadMethod,  # noqa: ARG002 - the protocol has it for S3
        lifetime: int,
        now: datetime,
    ) -> SignedUrl:
        """Signs for GET and HEAD alike, because CloudFront does not sign the method. `method` has no effect."""
        if now.utcoffset() != timedelta(0):
            raise ValueError("now is not an aware UTC datetime")
        expires_at = now.replace(microsecond=0) + timedelta(seconds=lifetime)
        expires = int(expires_at.timestamp())
        url = f"{self.origin}/{quote(content.key, safe='/~')}?{_encode_query(content, inline=inline)}"
        trusted = self.trusted_key()
        signature = trusted.key.sign(hashlib.sha256(_build_policy(url, expires)).digest())
        return SignedUrl(
            f"{url}&Expires={expires}&Signature={_encode(signature)}&Key-Pair-Id={trusted.id}&Hash-Algorithm=SHA256",
            expires_at,
        )


def _encode_query(content: StoredContent, *, inline: bool) -> str:
    parameters = describe_response(content, inline=inline)
    return "&".join([f"{name}={quote(value, safe='')}" for name, value in parameters.items()])


def _build_policy(url: str, expires: int) -> bytes:
    """Returns the canned policy, in the one form whose bytes CloudFront verifies. A percent-encoded URL needs no escapes."""
    return f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'.encode()


def _encode(signature: bytes) -> str:
    return base64.b64encode(signature).translate(_TO_CLOUDFRONT).decode()
