"""Signature Version 4 in the query or in the Authorization header, recomputed with botocore's own signers.

The canonical request is built from what arrived and from only the headers that the client says it signed, so a
changed method, path, parameter or signed header gives another signature. Rules and error codes are from the S3
API Reference, "Authenticating Requests (AWS Signature Version 4)". Anything else, Signature Version 2 too, is
403 AccessDenied: the stack's bucket policy denies what is not SigV4.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.strict_s3.errors import S3Error, access_denied
from tests.strict_s3.request import S3Request

Secrets: TypeAlias = Mapping[str, str | tuple[str, str]]
"""Access key -> secret, or (secret, session token) for temporary credentials."""

ALGORITHM = "AWS4-HMAC-SHA256"
_QUERY_NAMES = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)
_WEEK = 604_800  # seconds; "Authenticating Requests: Using Query Parameters", X-Amz-Expires
_CLOCK_SKEW = timedelta(minutes=15)
_REGIONAL_HOST = re.compile(r"(?:.+\.)?s3\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says about its own signature; nothing in it is believed yet."""

    access_key: str
    day: str
    region: str
    timestamp: str
    signed_headers: frozenset[str]
    signature: str
    token: str | None

    @property
    def signed_at(self) -> datetime:
        return datetime.strptime(self.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def authenticate(request: S3Request, secrets: Secrets, now: datetime) -> None:
    """Raises S3Error unless the request carries exactly one valid SigV4 signature that is good at `now`."""
    in_query = not request.params.keys().isdisjoint(_QUERY_NAMES)
    authorization = request.headers.get("authorization")
    if in_query and authorization is not None:
        raise only_one_mechanism()
    if in_query:
        claim = _claim_in_query(request)
        _check_lifetime(claim, request.params["X-Amz-Expires"], now)
        _check_signature(S3SigV4QueryAuth, request, claim, secrets)
    elif authorization is not None and authorization.startswith(ALGORITHM):
        claim = _claim_in_header(request, authorization)
        _check_clock_skew(claim, now)
        _check_signature(S3SigV4Auth, request, claim, secrets)
    else:
        raise access_denied()


def only_one_mechanism() -> S3Error:
    """What a single-page app meets whose fetch wrapper adds its own bearer token to a presigned URL."""
    return S3Error(
        400,
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
        "parameter or the Authorization header should be specified",
    )


def secret_of(access_key: str, token: str | None, secrets: Secrets) -> str:
    """The secret of a known key; a temporary key needs the very token that was issued with it."""
    known = secrets.get(access_key)
    secret, issued = known if isinstance(known, tuple) else (known, None)
    if secret is None or (issued and token is None):
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise S3Error(403, "InvalidAccessKeyId", message)
    if token != issued:
        raise S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    return secret


def check_equal(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise S3Error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )


def _claim_in_query(request: S3Request) -> Claim:
    params = request.params
    if any(name not in params for name in _QUERY_NAMES):
        names = ", ".join(_QUERY_NAMES)
        raise _bad_query(f"Query-string authentication version 4 requires the {names} parameters.")
    if params["X-Amz-Algorithm"] != ALGORITHM:
        raise _bad_query(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    credential, timestamp, signed_headers, signature = (
        params[f"X-Amz-{name}"] for name in ("Credential", "Date", "SignedHeaders", "Signature")
    )
    token = params.get("X-Amz-Security-Token")
    return _claim(request, credential, timestamp, signed_headers, signature, token, _bad_query)


def _claim_in_header(request: S3Request, authorization: str) -> Claim:
    pairs = (item.strip().partition("=") for item in authorization.removeprefix(ALGORITHM).split(","))
    given = {name: value for name, _, value in pairs}
    if given.keys() != {"Credential", "SignedHeaders", "Signature"}:
        raise _bad_header("the authorization header requires Credential, SignedHeaders and Signature.")
    if "x-amz-date" not in request.headers:
        raise access_denied("AWS authentication requires a valid Date or x-amz-date header")
    if "x-amz-content-sha256" not in request.headers:
        message = "Missing required header for this request: x-amz-content-sha256"
        raise S3Error(400, "InvalidRequest", message)
    timestamp, token = request.headers["x-amz-date"], request.headers.get("x-amz-security-token")
    credential, signed_headers, signature = (
        given[name] for name in ("Credential", "SignedHeaders", "Signature")
    )
    return _claim(request, credential, timestamp, signed_headers, signature, token, _bad_header)


def _claim(
    request: S3Request,
    credential: str,
    timestamp: str,
    signed_headers: str,
    signature: str,
    token: str | None,
    malformed: Callable[[str], S3Error],
) -> Claim:
    scope = credential.split("/")
    if len(scope) != 5 or scope[3:] != ["s3", "aws4_request"]:
        raise malformed('the Credential must be "<access key>/YYYYMMDD/<region>/s3/aws4_request".')
    access_key, day, region = scope[:3]
    if not re.fullmatch(r"\d{8}T\d{6}Z", timestamp) or not timestamp.startswith(day):
        raise malformed(f'the date "{timestamp}" is not YYYYMMDDTHHMMSSZ on the Credential\'s day "{day}".')
    regional = _REGIONAL_HOST.fullmatch(request.host)
    if regional and regional["region"] != region:
        raise malformed(f"the region '{region}' is wrong; expecting '{regional['region']}'")
    names = frozenset(signed_headers.lower().split(";"))
    return Claim(access_key, day, region, timestamp, names, signature, token)


def _check_lifetime(claim: Claim, expires: str, now: datetime) -> None:
    if not re.fullmatch(r"-?[0-9]+", expires):
        raise _bad_query("X-Amz-Expires should be a number")
    seconds = int(expires)
    if not 1 <= seconds <= _WEEK:
        raise _bad_query(f"X-Amz-Expires must be between 1 and {_WEEK} seconds (a week)")
    if now > claim.signed_at + timedelta(seconds=seconds):
        raise access_denied("Request has expired")
    if now < claim.signed_at - _CLOCK_SKEW:
        raise access_denied("Request is not yet valid")


def _check_clock_skew(claim: Claim, now: datetime) -> None:
    if abs(now - claim.signed_at) > _CLOCK_SKEW:
        message = "The difference between the request time and the current time is too large."
        raise S3Error(403, "RequestTimeTooSkewed", message)


def _check_signature(signer: type[SigV4Auth], request: S3Request, claim: Claim, secrets: Secrets) -> None:
    secret = secret_of(claim.access_key, claim.token, secrets)
    signing = signer(Credentials(claim.access_key, secret), "s3", claim.region)
    received = _as_signed(request, claim)
    string_to_sign = signing.string_to_sign(received, signing.canonical_request(received))
    check_equal(signing.signature(string_to_sign, received), claim.signature)
    loose = [
        name for name in request.headers if name.startswith("x-amz-") and name not in claim.signed_headers
    ]
    if loose:
        names = ", ".join(sorted(loose))
        raise access_denied(f"There were headers present in the request which were not signed: {names}")


def _as_signed(request: S3Request, claim: Claim) -> AWSRequest:
    """The request with only what the client says it signed, as botocore's signers take it."""
    query = [(name, value) for name, value in request.query if name != "X-Amz-Signature"]
    signed = AWSRequest(
        method=request.method,
        url=f"https://{request.host}{quote(request.path)}?{urlencode(query, quote_via=quote, safe='')}",
        headers={name: value for name, value in request.headers.items() if name in claim.signed_headers},
    )
    signed.context["timestamp"] = claim.timestamp
    return signed


def _bad_query(message: str) -> S3Error:
    return S3Error(400, "AuthorizationQueryParametersError", message)


def _bad_header(message: str) -> S3Error:
    return S3Error(400, "AuthorizationHeaderMalformed", f"The authorization header is malformed; {message}")
