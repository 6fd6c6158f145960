"""The WSGI application that stands for CloudFront."""

import http
import time
import uuid
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from edge_proxy.behaviors import Behavior, find_behavior
from edge_proxy.cache import Cache
from edge_proxy.distribution import Distribution
from edge_proxy.errors import EdgeError, error_page
from edge_proxy.fetching import Fetcher
from edge_proxy.headers import Headers
from edge_proxy.origin_requests import VIA
from edge_proxy.origins import Origins
from edge_proxy.signed_urls import verify_signed_url
from edge_proxy.stored_response import Response
from edge_proxy.viewer_request import ViewerRequest, read_request
from edge_proxy.waf_request import WafRequest
from edge_proxy.web_acl import WebAcl

CACHE_BYTES = 64 << 20
MAX_OBJECT = 16 << 20


class EdgeProxy:
    """Serves a distribution. `host` is the domain name of the distribution, with the port of this proxy.

    `now` returns seconds since 1970. Raises TemplateError when `origins` lacks one that the distribution has.
    """

    def __init__(
        self,
        distribution: Distribution,
        origins: Origins,
        *,
        host: str,
        now: Callable[[], float] = time.time,
        cache_bytes: int = CACHE_BYTES,
        max_object: int = MAX_OBJECT,
    ) -> None:
        self._origins = origins
        self._host = host
        self._now = now
        self._fetcher = Fetcher(origins, Cache(cache_bytes), now, max_object)
        self.deploy(distribution)

    def deploy(self, distribution: Distribution) -> None:
        """Replaces the distribution for all requests that begin from now on. The cache stays, as on AWS."""
        self._origins.check(distribution)
        self._distribution = distribution

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            request = read_request(environ)
            response = self._respond(self._distribution, request)
        except EdgeError as error:
            response = _to_response(error)
        status = f"{response.status} {http.HTTPStatus(response.status).phrase}"
        start_response(status, list(response.headers))
        return () if environ["REQUEST_METHOD"] == "HEAD" else response.body

    def _respond(self, distribution: Distribution, request: ViewerRequest) -> Response:
        if request.host not in distribution.aliases | {self._host}:
            raise error_page(403, "No distribution has this host name.")
        if distribution.web_acl:
            distribution.web_acl.check(_to_waf_request(request, distribution.web_acl))
        behavior = find_behavior(distribution.behaviors, request.path)
        _check_method(request, behavior)
        if behavior.keys is not None:
            verify_signed_url(
                request.base_url, request.signature, behavior.keys, self._now(), request.address
            )
        response, source = self._fetcher.fetch(distribution, behavior, request)
        if behavior.function:
            response = behavior.function.apply(request, response)
        behavior.response_headers.apply(
            response.headers, method=request.method, origin=request.headers.get("origin")
        )
        _add_own_headers(response.headers, "Error" if response.status >= 400 else source)
        return response


def _check_method(request: ViewerRequest, behavior: Behavior) -> None:
    if request.method not in behavior.methods:
        raise error_page(403, "This distribution is not configured to allow the HTTP request method.")
    if request.method in ("GET", "HEAD") and request.body:
        raise error_page(403, "A GET request has no body.")


def _to_waf_request(request: ViewerRequest, acl: WebAcl) -> WafRequest:
    # WAF sees the whole query, CloudFront's own parameters too.
    own = "&".join(f"{name}={value}" for name, values in request.signature.items() for value in values)
    return WafRequest(
        method=request.method,
        path=request.path,
        query="&".join(filter(None, (request.query, own))),
        headers=request.headers,
        body=request.body[: acl.body_limit],
        body_size=len(request.body),
        address=request.address,
    )


def _add_own_headers(headers: Headers, source: str) -> None:
    headers.set("Via", VIA)
    headers.set("X-Cache", f"{source} from cloudfront")
    headers.set("X-Amz-Cf-Id", uuid.uuid4().hex)


def _to_response(error: EdgeError) -> Response:
    own = [("Content-Type", error.content_type), ("Content-Length", str(len(error.body)))]
    headers = Headers([*own, *error.headers])
    _add_own_headers(headers, "Error")
    return Response(error.status, headers, (error.body,))
