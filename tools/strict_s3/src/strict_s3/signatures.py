"""Verifies Signature Version 4 in the query or in the Authorization header, recomputed with botocore's own signers.

The canonical request is built from the request as received and from only the headers that it lists as signed, so that a changed
method, path, parameter or signed header yields another signature. Any other kind of signature, also Version 2, is 403
AccessDenied, as under a bucket policy that denies what is not SigV4.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from strict_s3.errors import S3Error, access_denied, multiple_auth_mechanisms
from strict_s3.parameters import (
    ALGORITHM,
    QUERY_NAMES,
    SignatureParameters,
    malformed_query,
    read_header,
    read_query,
)
from strict_s3.request import S3Request

Secrets: TypeAlias = Mapping[str, str | tuple[str, str]]
"""Access key -> secret, or (secret, session token) for temporary credentials."""

_WEEK = 604_800
"""Maximum of X-Amz-Expires in seconds: sigv4-query-string-auth.html in the same reference."""
_CLOCK_SKEW = timedelta(minutes=15)


def authenticate(request: S3Request, secrets: Secrets, now: datetime) -> None:
    """Raises S3Error unless the request has exactly one SigV4 signature and it is valid at `now`."""
    in_query = not request.params.keys().isdisjoint(QUERY_NAMES)
    authorization = request.headers.get("authorization")
    if in_query and authorization is not None:
        raise multiple_auth_mechanisms()
    if in_query:
        parameters = read_query(request)
        _check_lifetime(parameters, request.params["X-Amz-Expires"], now)
        _check_signature(S3SigV4QueryAuth, request, parameters, secrets)
    elif authorization is not None and authorization.startswith(ALGORITHM):
        parameters = read_header(request, authorization)
        _check_clock_skew(parameters, now)
        _check_signature(S3SigV4Auth, request, parameters, secrets)
    else:
        raise access_denied()


def find_secret(access_key: str, token: str | None, secrets: Secrets) -> str:
    """Returns the secret of a key. Temporary credentials require their own session token. Raises S3Error."""
    known = secrets.get(access_key)
    secret, issued_token = known if isinstance(known, tuple) else (known, None)
    if secret is None or (issued_token and token is None):
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise S3Error(403, "InvalidAccessKeyId", message)
    if token != issued_token:
        raise S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    return secret


def compare_signatures(expected: str, received: str) -> None:
    """Raises S3Error when they differ."""
    if not hmac.compare_digest(expected.encode(), received.encode()):
        raise S3Error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )


def _check_lifetime(parameters: SignatureParameters, expires: str, now: datetime) -> None:
    if not re.fullmatch(r"-?[0-9]+", expires):
        raise malformed_query("X-Amz-Expires should be a number")
    seconds = int(expires)
    if not 1 <= seconds <= _WEEK:
        raise malformed_query(f"X-Amz-Expires must be between 1 and {_WEEK} seconds (a week)")
    if now > parameters.signed_at + timedelta(seconds=seconds):
        raise access_denied("Request has expired")
    if now < parameters.signed_at - _CLOCK_SKEW:
        raise access_denied("Request is not yet valid")


def _check_clock_skew(parameters: SignatureParameters, now: datetime) -> None:
    if abs(now - parameters.signed_at) > _CLOCK_SKEW:
        message = "The difference between the request time and the current time is too large."
        raise S3Error(403, "RequestTimeTooSkewed", message)


def _check_signature(
    signer: type[SigV4Auth], request: S3Request, parameters: SignatureParameters, secrets: Secrets
) -> None:
    secret = find_secret(parameters.access_key, parameters.token, secrets)
    auth = signer(Credentials(parameters.access_key, secret), "s3", parameters.region)
    signed = _to_signed_request(request, parameters)
    string_to_sign = auth.string_to_sign(signed, auth.canonical_request(signed))
    compare_signatures(auth.signature(string_to_sign, signed), parameters.signature)
    unsigned = [
        name
        for name in request.headers
        if name.startswith("x-amz-") and name not in parameters.signed_headers
    ]
    if unsigned:
        names = ", ".join(sorted(unsigned))
        raise access_denied(f"There were headers present in the request which were not signed: {names}")


def _to_signed_request(request: S3Request, parameters: SignatureParameters) -> AWSRequest:
    """Returns the request with only what it states to be signed, as botocore's signers take it."""
    query = [(name, value) for name, value in request.query if name != "X-Amz-Signature"]
    signed = AWSRequest(
        method=request.method,
        url=f"https://{request.host}{quote(request.path)}?{urlencode(query, quote_via=quote, safe='')}",
        headers={name: value for name, value in request.headers.items() if name in parameters.signed_headers},
    )
    signed.context["timestamp"] = parameters.timestamp
    return signed
