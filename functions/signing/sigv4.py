"""AWS Signature Version 4 for the requests that a browser sends to S3: presigned URLs, part URLs and POST forms.

Each URL equals the one of botocore for the same input, byte for byte; `tests/signing/test_sigv4.py` compares them.
Two things keep a signature cheap: the signing key is derived once a day, and a `PartSigner` hashes everything that
precedes the part number once.

This module only computes. The services decide who gets a signature for what.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from urllib.parse import quote

from functions.signing.credentials import Credentials
from functions.signing.endpoint import Endpoint

MAX_PART_NUMBER = 10_000
"""Highest part number. Source: S3 User Guide, "Amazon S3 multipart upload limits"."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Query values may contain C1 characters: the raw UTF-8 bytes of a file name do, and percent-encoded they are harmless.
_UNENCODABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
ALGORITHM = "AWS4-HMAC-SHA256"

Condition = Mapping[str, str] | Sequence[str | int]
"""One condition of a POST policy: `{"acl": "private"}` or `["content-length-range", 1, 1048576]`."""


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A presigned URL. Excluded from the repr, because whoever has it can use it until `expires_at`."""

    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedForm:
    """The URL that an HTML form posts to, and the fields that it sends before the file."""

    url: str
    fields: Mapping[str, str] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _SigningContext:
    """The inputs of all signatures of one call: time, lifetime in `seconds`, credential scope and signing key."""

    amz_date: str
    seconds: int
    expires_at: datetime
    scope: str
    key: bytes = field(repr=False)

    @property
    def string_to_sign_prefix(self) -> str:
        """The string to sign up to the hash of the canonical request."""
        return f"{ALGORITHM}\n{self.amz_date}\n{self.scope}\n"

    def sign(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()


class PartSigner:
    """Signs the parts of one upload. They share key, upload id, lifetime and headers; only the part number differs.

    `template` is the URL with the placeholders `{partNumber}` and `{signature}`.
    """

    def __init__(self, url: str, canonical_request: str, context: _SigningContext) -> None:
        """`url` is unsigned. Both `url` and `canonical_request` contain the placeholder `{partNumber}`."""
        # Everything before the placeholder is percent-encoded, so the first brace belongs to the placeholder.
        head, _, tail = canonical_request.partition("{partNumber}")
        self._head_hash = hashlib.sha256(head.encode())
        self._tail = tail.encode()
        self._string_to_sign_prefix = context.string_to_sign_prefix.encode()
        self._signing_key = context.key
        self._url_head, _, self._url_tail = f"{url}&X-Amz-Signature=".partition("{partNumber}")
        self.expires_at = context.expires_at
        self.template = f"{url}&X-Amz-Signature={{signature}}"

    def sign(self, part_number: int) -> str:
        """Returns the signature of a part as 64 hex digits. Raises ValueError outside 1 to 10,000."""
        if not 1 <= part_number <= MAX_PART_NUMBER:
            raise ValueError(f"part number {part_number} is not in 1..{MAX_PART_NUMBER}")
        digest = self._head_hash.copy()
        digest.update(b"%d%b" % (part_number, self._tail))
        text = self._string_to_sign_prefix + digest.hexdigest().encode()
        return hmac.digest(self._signing_key, text, "sha256").hex()

    def presign(self, part_number: int) -> str:
        """Returns the presigned URL of a part. Raises ValueError outside 1 to 10,000."""
        return f"{self._url_head}{part_number}{self._url_tail}{self.sign(part_number)}"


class Signer:
    """Signs requests to one bucket with one set of credentials.

    For every method: `lifetime` is in seconds, 1 to 604,800. `now` is an aware UTC datetime. `expires_at` of the
    result is the time at which S3 stops accepting the signature; it is earlier than requested when the credentials
    expire earlier. `headers` are signed, so the client must send each of them unchanged.

    Raises ValueError for a lifetime out of range, for a `now` that is not UTC, for an empty key and for a control
    character in a key, header, query value or field. Raises CredentialsExpired.
    """

    def __init__(self, credentials: Credentials, region: str, endpoint: Endpoint) -> None:
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._host = endpoint.host
        # Encoded once, because a role's session token is about 1 kB long and every URL contains it.
        token = credentials.token
        self._token = [] if token is None else _percent_encode({"X-Amz-Security-Token": token})
        self._access_key = quote(credentials.access_key, safe="")
        self._cached_key = ("", b"")
        """(scope, signing key) of the last signature."""

    def presign(
        self,
        method: str,
        key: str,
        *,
        lifetime: int,
        now: datetime,
        query: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
    ) -> SignedUrl:
        """Returns a URL for `method` on `key`. The parameters of `query` keep their order."""
        context = self._create_context(lifetime, now)
        url, request = self._canonicalize(method, key, _percent_encode(query), headers, context)
        signature = context.sign(context.string_to_sign_prefix + hashlib.sha256(request.encode()).hexdigest())
        return SignedUrl(f"{url}&X-Amz-Signature={signature}", context.expires_at)

    def create_part_signer(
        self, key: str, upload_id: str, *, lifetime: int, now: datetime, headers: Mapping[str, str]
    ) -> PartSigner:
        """Returns a signer of `PUT {key}?partNumber=n&uploadId=...` for parts with the same `headers`."""
        context = self._create_context(lifetime, now)
        pairs = [("partNumber", "{partNumber}"), *_percent_encode({"uploadId": upload_id})]
        return PartSigner(*self._canonicalize("PUT", key, pairs, headers, context), context)

    def sign_form(
        self,
        key: str,
        *,
        bucket: str,
        conditions: Sequence[Condition],
        fields: Mapping[str, str],
        lifetime: int,
        now: datetime,
        free_fields: Sequence[tuple[str, str]] = (),
    ) -> SignedForm:
        """Returns a form that posts one file to exactly `key`, with exactly `fields`, under `conditions`.

        The client may choose other values for `free_fields`.
        The key and each field become exact-match conditions. `conditions` are added to them, for example
        `["content-length-range", minimum, maximum]` in bytes. Raises ValueError for a key with `${filename}`, which S3
        replaces with a name that the client chooses.
        """
        if "${filename}" in key:
            raise ValueError("the key of a form is exact: no ${filename}")
        context = self._create_context(lifetime, now)
        auth = self._form_auth_fields(context)
        own = {name: _require_printable(value) for name, value in fields.items()}
        sent = {**own, **dict(free_fields), "key": _require_key(key), **auth}
        # The policy contains the bucket, but the form has no such field: the host names it.
        exact = [{name: value} for name, value in {**own, "bucket": bucket, "key": key, **auth}.items()]
        free = [["starts-with", f"${name}", ""] for name, _ in free_fields]
        expiration = f"{context.expires_at:%Y-%m-%dT%H:%M:%SZ}"
        document = json.dumps({"expiration": expiration, "conditions": [*conditions, *free, *exact]})
        policy = base64.b64encode(document.encode()).decode()
        sent |= {"policy": policy, "x-amz-signature": context.sign(policy)}
        return SignedForm(self._endpoint.origin + (self._endpoint.base_path or "/"), sent, context.expires_at)

    def _form_auth_fields(self, context: _SigningContext) -> dict[str, str]:
        credential = f"{self._credentials.access_key}/{context.scope}"
        auth = {
            "x-amz-algorithm": ALGORITHM,
            "x-amz-credential": credential,
            "x-amz-date": context.amz_date,
        }
        if self._credentials.token is not None:
            auth["x-amz-security-token"] = self._credentials.token
        return auth

    def _canonicalize(
        self,
        method: str,
        key: str,
        pairs: list[tuple[str, str]],
        headers: Mapping[str, str],
        context: _SigningContext,
    ) -> tuple[str, str]:
        """Returns (URL without signature, canonical request). `pairs` are percent-encoded query parameters."""
        path = f"{self._endpoint.base_path}/{quote(_require_key(key), safe='/~')}"
        lines = {name.lower(): " ".join(_require_printable(value).split()) for name, value in headers.items()}
        lines["host"] = self._host
        names = sorted(lines)
        query = [
            *pairs,
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", f"{self._access_key}%2F{context.scope.replace('/', '%2F')}"),
            ("X-Amz-Date", context.amz_date),
            ("X-Amz-Expires", str(context.seconds)),
            ("X-Amz-SignedHeaders", "%3B".join(names)),
            *self._token,
        ]
        block = "".join([f"{name}:{lines[name]}\n" for name in names])
        request = (
            f"{method}\n{path}\n{_join_query(sorted(query))}\n{block}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
        )
        return f"{self._endpoint.origin}{path}?{_join_query(query)}", request

    def _create_context(self, lifetime: int, now: datetime) -> _SigningContext:
        if now.utcoffset() != timedelta(0):
            raise ValueError("now is not an aware UTC datetime")
        seconds, expires_at = self._credentials.limit_lifetime(lifetime, now)
        amz_date = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{amz_date[:8]}/{self._region}/s3/aws4_request"
        return _SigningContext(amz_date, seconds, expires_at, scope, self._get_signing_key(scope))

    def _get_signing_key(self, scope: str) -> bytes:
        cached_scope, key = self._cached_key
        if cached_scope == scope:
            return key
        key = derive_signing_key(self._credentials.secret_key, scope)
        self._cached_key = (scope, key)
        return key


def derive_signing_key(secret_key: str, scope: str) -> bytes:
    """Derives the key of one day, Region and service. `scope` is, for example, `20260203/eu-west-1/s3/aws4_request`."""
    secret = f"AWS4{secret_key}".encode()
    return reduce(lambda key, step: hmac.digest(key, step.encode(), "sha256"), scope.split("/"), secret)


def _require_key(key: str) -> str:
    # A URL without a key addresses the bucket, where PUT and DELETE have other meanings.
    if not key:
        raise ValueError("empty key")
    return _require_printable(key)


def _require_printable(text: str, forbidden: re.Pattern[str] = _UNPRINTABLE) -> str:
    if forbidden.search(text):
        raise ValueError("the text to sign contains a control character or a lone surrogate")
    return text


def _percent_encode(parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = ((name, _require_printable(value, _UNENCODABLE)) for name, value in parameters.items())
    return [(quote(name, safe=""), quote(value, safe="")) for name, value in pairs]


def _join_query(pairs: list[tuple[str, str]]) -> str:
    return "&".join([f"{name}={value}" for name, value in pairs])
