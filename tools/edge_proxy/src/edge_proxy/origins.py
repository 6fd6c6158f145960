"""Origins on this machine, and origin access control, which signs requests to S3 as CloudFront does.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from collections.abc import Mapping
from types import TracebackType

import httpx
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from edge_proxy.distribution import Distribution, Origin
from edge_proxy.errors import TemplateError, error_page
from edge_proxy.origin_requests import OriginRequest

_TIMEOUT = 30.0
"""Seconds that CloudFront waits for a response, and for each packet of it."""


class Origins:
    """`urls` maps the domain name of an origin to a local base URL. `credentials` are those that origin access control signs with.

    As a context manager it closes its connections.
    """

    def __init__(
        self,
        urls: Mapping[str, str],
        credentials: Credentials | None = None,
        *,
        region: str = "us-east-1",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._signer = S3SigV4Auth(credentials, "s3", region) if credentials else None
        limits = httpx.Limits(max_connections=None, keepalive_expiry=4.0)
        self._client = httpx.Client(transport=transport, timeout=_TIMEOUT, limits=limits, trust_env=False)

    def __enter__(self) -> "Origins":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def check(self, distribution: Distribution) -> None:
        """Raises TemplateError for an origin without a URL, or without the credentials that it needs."""
        for origin in distribution.origins.values():
            if origin.domain_name not in self._urls:
                raise TemplateError(f"no URL is given for the origin {origin.domain_name}")
            if origin.signs in ("always", "no-override") and self._signer is None:
                raise TemplateError(f"no credentials are given for the origin {origin.domain_name}")

    def send(self, origin: Origin, request: OriginRequest) -> httpx.Response:
        """Returns the response before its body is read; the caller closes it. Raises EdgeError 502 and 504."""
        url = self._urls[origin.domain_name] + request.path + (f"?{request.query}" if request.query else "")
        headers = dict(request.headers)
        if origin.signs == "always" or (origin.signs == "no-override" and "authorization" not in headers):
            headers.pop("authorization", None)
            headers = self._sign(request.method, url, headers, request.body)
        try:
            # Without build_request(), which adds headers of its own such as Accept-Encoding.
            return self._client.send(
                httpx.Request(request.method, url, headers=headers, content=request.body), stream=True
            )
        except httpx.TimeoutException as error:
            raise error_page(504, "The origin did not respond in time.") from error
        except httpx.TransportError as error:
            raise error_page(502, "The origin could not be reached.") from error

    def _sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """Returns the headers with a SigV4 signature over the host, the hash of the body and every x-amz-* header."""
        if self._signer is None:
            raise TemplateError("no credentials are given")
        signed = {name: value for name, value in headers.items() if name.startswith("x-amz-")}
        request = AWSRequest(method, url, signed, body)
        self._signer.add_auth(request)
        return {**headers, **{name.lower(): value for name, value in request.headers.items()}}
