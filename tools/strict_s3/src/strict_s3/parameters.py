"""The signature parameters of a request, in its query or in its Authorization header.

Error codes are those of the S3 API Reference:
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from strict_s3.errors import S3Error, access_denied
from strict_s3.request import S3Request

ALGORITHM = "AWS4-HMAC-SHA256"
QUERY_NAMES = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)
_REGIONAL_HOST = re.compile(r"(?:.+\.)?s3\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class SignatureParameters:
    """The signature parameters of a request: well-formed, but not verified."""

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


def read_query(request: S3Request) -> SignatureParameters:
    """Reads X-Amz-* query parameters. Raises S3Error when one is missing or malformed."""
    params = request.params
    if any(name not in params for name in QUERY_NAMES):
        names = ", ".join(QUERY_NAMES)
        raise malformed_query(f"Query-string authentication version 4 requires the {names} parameters.")
    if params["X-Amz-Algorithm"] != ALGORITHM:
        raise malformed_query(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    credential, timestamp, signed_headers, signature = (
        params[f"X-Amz-{name}"] for name in ("Credential", "Date", "SignedHeaders", "Signature")
    )
    token = params.get("X-Amz-Security-Token")
    return _parse(request, credential, timestamp, signed_headers, signature, token, malformed_query)


def read_header(request: S3Request, authorization: str) -> SignatureParameters:
    """Reads the Authorization header and the x-amz-* headers that belong to it. Raises S3Error."""
    pairs = (item.strip().partition("=") for item in authorization.removeprefix(ALGORITHM).split(","))
    fields = {name: value for name, _, value in pairs}
    if fields.keys() != {"Credential", "SignedHeaders", "Signature"}:
        raise _malformed_header("the authorization header requires Credential, SignedHeaders and Signature.")
    if "x-amz-date" not in request.headers:
        raise access_denied("AWS authentication requires a valid Date or x-amz-date header")
    if "x-amz-content-sha256" not in request.headers:
        message = "Missing required header for this request: x-amz-content-sha256"
        raise S3Error(400, "InvalidRequest", message)
    timestamp, token = request.headers["x-amz-date"], request.headers.get("x-amz-security-token")
    credential, signed_headers, signature = (
        fields[name] for name in ("Credential", "SignedHeaders", "Signature")
    )
    return _parse(request, credential, timestamp, signed_headers, signature, token, _malformed_header)


def _parse(
    request: S3Request,
    credential: str,
    timestamp: str,
    signed_headers: str,
    signature: str,
    token: str | None,
    malformed: Callable[[str], S3Error],
) -> SignatureParameters:
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
    return SignatureParameters(access_key, day, region, timestamp, names, signature, token)


def malformed_query(message: str) -> S3Error:
    return S3Error(400, "AuthorizationQueryParametersError", message)


def _malformed_header(message: str) -> S3Error:
    return S3Error(400, "AuthorizationHeaderMalformed", f"The authorization header is malformed; {message}")
