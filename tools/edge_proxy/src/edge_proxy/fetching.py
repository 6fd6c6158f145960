"""Fetches responses from origins, keeps them as the cache policy says, and serves later requests from the cache."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from dataclasses import replace

import httpx

from edge_proxy.behaviors import Behavior
from edge_proxy.cache import Cache, Collapser
from edge_proxy.cache_keys import cache_key
from edge_proxy.distribution import Distribution
from edge_proxy.freshness import find_lifetime
from edge_proxy.headers import HOP_BY_HOP, Headers, content_length
from edge_proxy.limits import check_response_size
from edge_proxy.origin_requests import CONDITIONS, OriginRequest, create_origin_request
from edge_proxy.origins import Origins
from edge_proxy.stored_response import Response, StoredResponse
from edge_proxy.viewer_request import ViewerRequest

_CHUNK = 64 << 10


class Fetcher:
    """`max_object` is the largest body in bytes that is kept. A larger one is streamed and not kept, unlike on AWS.

    `now` returns seconds since 1970.
    """

    def __init__(self, origins: Origins, cache: Cache, now: Callable[[], float], max_object: int) -> None:
        self._origins = origins
        self._cache = cache
        self._now = now
        self._max_object = max_object
        self._collapser = Collapser()

    def fetch(
        self, distribution: Distribution, behavior: Behavior, request: ViewerRequest
    ) -> tuple[Response, str]:
        """Returns a response and CloudFront's word for where it comes from: Hit, RefreshHit or Miss. Raises EdgeError."""
        exchange = _Exchange(distribution, behavior, request)
        if request.method not in behavior.cached_methods:
            return self._pass(exchange), "Miss"
        if found := self._find(exchange):
            return found, "Hit"
        if not behavior.cache.is_caching:
            return self._load(exchange)
        with self._collapser.lead(exchange.variant) as leads:
            if not leads and (found := self._find(exchange)):
                return found, "Hit"
            return self._load(exchange)

    def _find(self, exchange: "_Exchange") -> Response | None:
        """Returns a response from the whole object in the cache, or from what an equal request left there."""
        for key in exchange.keys:
            stored = self._cache.get(key)
            if stored and stored.expires_at > self._now() and (response := self._respond(exchange, stored)):
                return response
        return None

    def _load(self, exchange: "_Exchange") -> tuple[Response, str]:
        """Asks the origin, whether an expired response is still valid if there is one."""
        stale = self._cache.get(exchange.variant)
        response = self._origins.send(exchange.origin, exchange.create_request(stale))
        headers = _read_headers(response)
        if stale and response.status_code == 304:
            response.close()
            return self._keep(exchange, stale.status, stale.headers, stale.body), "RefreshHit"
        check_size(exchange, response, headers)
        if not self._is_kept(exchange, response.status_code, headers):
            return _to_response(exchange, response, headers), "Miss"
        with closing(response):
            body = b"".join(response.iter_raw())
        return self._keep(exchange, response.status_code, headers, body), "Miss"

    def _pass(self, exchange: "_Exchange") -> Response:
        request = create_origin_request(
            exchange.request, exchange.behavior, exchange.origin, exchange.distribution.root_object
        )
        response = self._origins.send(exchange.origin, request)
        return _to_response(exchange, response, _read_headers(response))

    def _is_kept(self, exchange: "_Exchange", status: int, headers: Headers) -> bool:
        size = content_length(headers)
        fits = exchange.request.method == "HEAD" or (size is not None and size <= self._max_object)
        return fits and self._lifetime(exchange, status, headers) > 0

    def _keep(self, exchange: "_Exchange", status: int, headers: Headers, body: bytes) -> Response:
        now = self._now()
        expires_at = now + self._lifetime(exchange, status, headers)
        stored = StoredResponse(status, headers, body, now, expires_at)
        self._cache.put(exchange.whole if status == 200 and exchange.is_get else exchange.variant, stored)
        # What the origin sent for this very request answers it, also where the proxy judges If-Range differently.
        found = self._respond(exchange, stored) or Response(status, headers.copy(), (body,))
        found.headers.remove("Age")
        return found

    def _respond(self, exchange: "_Exchange", stored: StoredResponse) -> Response | None:
        return stored.respond(exchange.request.headers, self._now(), is_get=exchange.is_get)

    def _lifetime(self, exchange: "_Exchange", status: int, headers: Headers) -> float:
        ttls = exchange.distribution.error_ttls
        return find_lifetime(exchange.behavior.cache, status, headers, ttls, self._now())


class _Exchange:
    """One request, its behaviour, its origin and its places in the cache."""

    def __init__(self, distribution: Distribution, behavior: Behavior, request: ViewerRequest) -> None:
        self.distribution = distribution
        self.behavior = behavior
        self.request = request
        self.origin = distribution.origins[behavior.origin_id]
        self.is_get = request.method == "GET"
        key = (behavior.pattern, cache_key(request, behavior.cache))
        range_ = request.headers.get("range", "") if self.is_get else ""
        self.whole: Hashable = (key, "", "")
        self.variant: Hashable = (key, "" if self.is_get else request.method, range_)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        return (self.whole, self.variant) if self.request.method != "OPTIONS" else (self.variant,)

    def create_request(self, stale: StoredResponse | None) -> OriginRequest:
        """Returns the request to the origin. Where responses are kept, it has no condition but that of a stale one."""
        request = create_origin_request(
            self.request, self.behavior, self.origin, self.distribution.root_object
        )
        if not self.behavior.cache.is_caching:
            return request
        headers = {name: value for name, value in request.headers.items() if name not in CONDITIONS}
        if stale and (etag := stale.headers.get("etag")):
            headers["if-none-match"] = etag
        return replace(request, headers=headers)


def check_size(exchange: _Exchange, response: httpx.Response, headers: Headers) -> None:
    """Raises EdgeError 502, and closes the connection, for a response that CloudFront does not cache."""
    try:
        is_cached = exchange.is_get and exchange.behavior.cache.is_caching
        check_response_size(content_length(headers), is_cached=is_cached)
    except Exception:
        response.close()
        raise


def _read_headers(response: httpx.Response) -> Headers:
    items = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    return Headers(
        (name, value) for name, value in items if name.lower() not in HOP_BY_HOP | {"date", "server"}
    )


def _to_response(exchange: _Exchange, response: httpx.Response, headers: Headers) -> Response:
    """Returns a response whose body is read as the viewer takes it. That to HEAD has none."""
    if exchange.request.method == "HEAD":
        response.close()
        return Response(response.status_code, headers, ())
    return Response(response.status_code, headers, _Body(response))


class _Body:
    """The body of the origin's response. The server closes it, also when the viewer leaves."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_raw(_CHUNK)

    def close(self) -> None:
        self._response.close()
