"""AWS Signature Version 4 for what a browser may send to S3: presigned URLs, part URLs and POST forms.

Each URL is byte for byte the one botocore makes for the same input; the tests hold that. Two things make it
cheap: the signing key is derived once a day, and a `PartSigner` hashes everything before the part number once.

Signing is arithmetic on what the caller passes. Whether a caller may have the signature is decided elsewhere.
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

# S3 User Guide, "Amazon S3 multipart upload limits".
MAX_PART_NUMBER = 10_000

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# A query value may hold C1 characters: percent-encoded they harm nothing, and a file name's raw bytes are such.
_UNENCODABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
ALGORITHM = "AWS4-HMAC-SHA256"

Condition = Mapping[str, str] | Sequence[str | int]
"""One condition of a POST policy: `{"acl": "private"}` or `["content-length-range", 1, 1048576]`."""


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A URL that is its own permission until `expires_at`; hence not in the repr."""

    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedForm:
    """Where an HTML form posts to, and the fields it sends before the file."""

    url: str
    fields: Mapping[str, str] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The when of one signature, and the day's scope and key it is made with."""

    amz_date: str
    seconds: int
    expires_at: datetime
    scope: str
    key: bytes = field(repr=False)

    @property
    def preamble(self) -> str:
        """The string to sign, up to the hash of the request."""
        return f"{ALGORITHM}\n{self.amz_date}\n{self.scope}\n"

    def sign(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()


class PartSigner:
    """Signs the parts of one upload: same key, upload id, lifetime and headers, only the number differs.

    `template` is the URL with `{partNumber}` and `{signature}` in it; nothing else in it needs filling.
    """

    def __init__(self, url: str, request: str, stamp: _Stamp) -> None:
        # Both hold `{partNumber}`. What stands before it is percent-encoded, so the first brace is ours.
        head, _, tail = request.partition("{partNumber}")
        self._start = hashlib.sha256(head.encode())
        self._tail = tail.encode()
        self._preamble = stamp.preamble.encode()
        self._signing_key = stamp.key
        self._url_head, _, self._url_tail = f"{url}&X-Amz-Signature=".partition("{partNumber}")
        self.expires_at = stamp.expires_at
        self.template = f"{url}&X-Amz-Signature={{signature}}"

    def signature(self, n: int) -> str:
        """The 64 hex digits for part `n`, 1 to 10,000; ValueError outside."""
        if not 1 <= n <= MAX_PART_NUMBER:
            raise ValueError(f"part number {n} is not in 1..{MAX_PART_NUMBER}")
        digest = self._start.copy()
        digest.update(b"%d%b" % (n, self._tail))
        return hmac.digest(self._signing_key, self._preamble + digest.hexdigest().encode(), "sha256").hex()

    def url(self, n: int) -> str:
        """The whole URL for part `n`, 1 to 10,000; ValueError outside."""
        return f"{self._url_head}{n}{self._url_tail}{self.signature(n)}"


class Signer:
    """Signs for one bucket with one set of credentials.

    For every method: `lifetime` is seconds, 1 to 604,800; `now` is an aware UTC datetime; `expires_at` in the
    answer is when S3 stops accepting the signature, which is sooner than asked for when the credentials die
    sooner. `headers` are signed, so the client must send each of them as given. Raises ValueError for a
    lifetime out of range, a `now` that is not UTC, an empty key, or a control character in anything that
    reaches a URL, a header or a form, and CredentialsExpired when the credentials are already dead.
    """

    def __init__(self, credentials: Credentials, region: str, endpoint: Endpoint) -> None:
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._host = endpoint.host
        # Encoded once: a role's token is long, and every URL carries it.
        token = credentials.token
        self._token = [] if token is None else _encoded({"X-Amz-Security-Token": token})
        self._access_key = quote(credentials.access_key, safe="")
        self._day = ("", b"")

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
        """A URL for `method` on `key`. The parameters of `query` stay in the order given."""
        stamp = self._stamp(lifetime, now)
        url, request = self._unsigned(method, key, _encoded(query), headers, stamp)
        signature = stamp.sign(stamp.preamble + hashlib.sha256(request.encode()).hexdigest())
        return SignedUrl(f"{url}&X-Amz-Signature={signature}", stamp.expires_at)

    def part_signer(
        self, key: str, upload_id: str, *, lifetime: int, now: datetime, headers: Mapping[str, str]
    ) -> PartSigner:
        """A signer of `PUT {key}?partNumber=n&uploadId=...`, for parts that share their `headers`."""
        stamp = self._stamp(lifetime, now)
        pairs = [("partNumber", "{partNumber}"), *_encoded({"uploadId": upload_id})]
        return PartSigner(*self._unsigned("PUT", key, pairs, headers, stamp), stamp)

    def sign_form(
        self,
        key: str,
        *,
        bucket: str,
        conditions: Sequence[Condition],
        fields: Mapping[str, str],
        lifetime: int,
        now: datetime,
    ) -> SignedForm:
        """A form that posts one file to exactly `key`, with exactly `fields`, under `conditions`.

        The key and each field become exact conditions by themselves; `conditions` adds to them, for example
        `["content-length-range", least, most]` in bytes. ValueError for a key with `${filename}`, which S3
        would fill in with a name of the client's choice.
        """
        if "${filename}" in key:
            raise ValueError("the key of a form is exact: no ${filename}")
        stamp = self._stamp(lifetime, now)
        auth = self._form_auth(stamp)
        given = {name: _printable(value) for name, value in fields.items()}
        sent = {**given, "key": _checked_key(key), **auth}
        # The form does not send its bucket: the host says it, and the policy binds it.
        exact = [{name: value} for name, value in {**given, "bucket": bucket, "key": key, **auth}.items()]
        expiration = f"{stamp.expires_at:%Y-%m-%dT%H:%M:%SZ}"
        document = json.dumps({"expiration": expiration, "conditions": [*conditions, *exact]})
        policy = base64.b64encode(document.encode()).decode()
        sent |= {"policy": policy, "x-amz-signature": stamp.sign(policy)}
        return SignedForm(self._endpoint.origin + (self._endpoint.base_path or "/"), sent, stamp.expires_at)

    def _form_auth(self, stamp: _Stamp) -> dict[str, str]:
        scope = f"{self._credentials.access_key}/{stamp.scope}"
        auth = {"x-amz-algorithm": ALGORITHM, "x-amz-credential": scope, "x-amz-date": stamp.amz_date}
        if self._credentials.token is not None:
            auth["x-amz-security-token"] = self._credentials.token
        return auth

    def _unsigned(
        self, method: str, key: str, pairs: list[tuple[str, str]], headers: Mapping[str, str], stamp: _Stamp
    ) -> tuple[str, str]:
        """(URL before its signature, canonical request); `pairs` of the query are percent-encoded."""
        path = f"{self._endpoint.base_path}/{quote(_checked_key(key), safe='/~')}"
        lines = {name.lower(): " ".join(_printable(value).split()) for name, value in headers.items()}
        lines["host"] = self._host
        names = sorted(lines)
        query = [
            *pairs,
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", f"{self._access_key}%2F{stamp.scope.replace('/', '%2F')}"),
            ("X-Amz-Date", stamp.amz_date),
            ("X-Amz-Expires", str(stamp.seconds)),
            ("X-Amz-SignedHeaders", "%3B".join(names)),
            *self._token,
        ]
        block = "".join([f"{name}:{lines[name]}\n" for name in names])
        request = f"{method}\n{path}\n{_join(sorted(query))}\n{block}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
        return f"{self._endpoint.origin}{path}?{_join(query)}", request

    def _stamp(self, lifetime: int, now: datetime) -> _Stamp:
        if now.utcoffset() != timedelta(0):
            raise ValueError("now is not an aware UTC datetime")
        seconds, expires_at = self._credentials.lifetime(lifetime, now)
        amz_date = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{amz_date[:8]}/{self._region}/s3/aws4_request"
        return _Stamp(amz_date, seconds, expires_at, scope, self._signing_key(scope))

    def _signing_key(self, scope: str) -> bytes:
        cached, key = self._day
        if cached == scope:
            return key
        key = signing_key(self._credentials.secret_key, scope)
        self._day = (scope, key)
        return key


def signing_key(secret_key: str, scope: str) -> bytes:
    """The key of one day, Region and service; `scope` is `20260203/eu-west-1/s3/aws4_request`."""
    secret = f"AWS4{secret_key}".encode()
    return reduce(lambda key, step: hmac.digest(key, step.encode(), "sha256"), scope.split("/"), secret)


def _checked_key(key: str) -> str:
    # Without a key the URL is the bucket's own, and PUT or DELETE on that means something else.
    if not key:
        raise ValueError("empty key")
    return _printable(key)


def _printable(text: str, refused: re.Pattern[str] = _UNPRINTABLE) -> str:
    if refused.search(text):
        raise ValueError("a control character, or half a surrogate pair, in what is signed")
    return text


def _encoded(parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = ((name, _printable(value, _UNENCODABLE)) for name, value in parameters.items())
    return [(quote(name, safe=""), quote(value, safe="")) for name, value in pairs]


def _join(pairs: list[tuple[str, str]]) -> str:
    return "&".join([f"{name}={value}" for name, value in pairs])
