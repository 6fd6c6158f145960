"""Requests to an origin: what the policies name, what CloudFront always forwards, and what it adds.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from edge_proxy.behaviors import Behavior
from edge_proxy.cache_keys import accepted_encodings, select_cookies, select_query
from edge_proxy.distribution import Origin
from edge_proxy.viewer_request import ViewerRequest

VIA = "1.1 edge-proxy.cloudfront.net (CloudFront)"
CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
_ALWAYS = ("content-type", "range", "if-range", *CONDITIONS)
_NEVER = frozenset({"connection", "content-length", "cookie", "expect", "host", "proxy-authorization"}) | {
    *(
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "via",
    ),
    *("accept-encoding", "x-real-ip", "x-forwarded-proto"),
}


@dataclass(frozen=True, slots=True)
class OriginRequest:
    """`path` begins with the origin's own path. Names of headers are lower case; Host is that of the origin."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def create_origin_request(
    request: ViewerRequest, behavior: Behavior, origin: Origin, root_object: str
) -> OriginRequest:
    """Returns the request before origin access control signs it."""
    path = f"/{root_object}" if request.path == "/" and root_object else request.path
    query = select_query(request, behavior.cache.queries, behavior.origin_request.queries)
    return OriginRequest(
        request.method, origin.path + path, query, _select_headers(request, behavior, origin), request.body
    )


def _select_headers(request: ViewerRequest, behavior: Behavior, origin: Origin) -> dict[str, str]:
    filters = (behavior.cache.headers, behavior.origin_request.headers)
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in _NEVER and (name in _ALWAYS or any(item.has(name) for item in filters))
    }
    headers.setdefault("user-agent", "Amazon CloudFront")
    headers |= _added_headers(request, behavior)
    # A custom header replaces one of the viewer's, so that no viewer can send the origin's secret.
    return headers | {name.lower(): value for name, value in origin.headers}


def _added_headers(request: ViewerRequest, behavior: Behavior) -> dict[str, str]:
    forwarded = request.headers.get("x-forwarded-for")
    added = {
        "via": VIA,
        "x-amz-cf-id": uuid.uuid4().hex,
        "x-forwarded-for": f"{forwarded}, {request.address}" if forwarded else request.address,
    }
    cookies = select_cookies(request, behavior.cache.cookies, behavior.origin_request.cookies)
    known = {
        "cookie": cookies,
        "accept-encoding": accepted_encodings(request, behavior.cache) or _accepted(request, behavior),
    }
    known |= {
        name: value
        for name, value in _cloudfront_headers(request).items()
        if name in behavior.origin_request.added
    }
    return added | {name: value for name, value in known.items() if value}


def _accepted(request: ViewerRequest, behavior: Behavior) -> str:
    is_named = behavior.cache.headers.has("accept-encoding") or behavior.origin_request.headers.kind == "all"
    return request.headers.get("accept-encoding", "") if is_named else ""


def _cloudfront_headers(request: ViewerRequest) -> dict[str, str]:
    return {
        "cloudfront-viewer-address": f"{request.address}:{request.port}",
        "cloudfront-forwarded-proto": request.scheme,
        "cloudfront-viewer-http-version": "1.1",
    }
