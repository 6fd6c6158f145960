"""One request with its behaviour, its origin and its places in the cache."""

from collections.abc import Hashable
from dataclasses import replace

from edge_proxy.behaviors import Behavior
from edge_proxy.cache_keys import cache_key
from edge_proxy.distribution import Distribution
from edge_proxy.origin_requests import CONDITIONS, OriginRequest, create_origin_request
from edge_proxy.stored_response import StoredResponse
from edge_proxy.viewer_request import ViewerRequest


class Exchange:
    """`whole` is the key of the whole object, `variant` that of what exactly this request asks for."""

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

    def choose_stale(self, stored: StoredResponse | None) -> StoredResponse | None:
        """Returns an expired response that the origin may confirm by its ETag."""
        can_confirm = stored is not None and self._is_caching and "etag" in stored.headers
        return stored if can_confirm else None

    def create_request(self, stale: StoredResponse | None) -> OriginRequest:
        """Returns the request to the origin. Where responses are kept, it has no condition but that of a stale one."""
        request = create_origin_request(
            self.request, self.behavior, self.origin, self.distribution.root_object
        )
        if not self._is_caching:
            return request
        headers = {name: value for name, value in request.headers.items() if name not in CONDITIONS}
        if stale:
            headers["if-none-match"] = stale.headers.get("etag") or ""
        return replace(request, headers=headers)

    @property
    def _is_caching(self) -> bool:
        return self.behavior.cache.is_caching and self.request.method in self.behavior.cached_methods
