"""HTTP and WebSocket APIs: the token buckets of a stage and of single routes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-stage-routesettings.html
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import apigateway

from ministack_gaps.responses import Response

_TOO_MANY_REQUESTS = 429, {"Content-Type": "application/json"}, b'{"message":"Too Many Requests"}'
"""Without CORS headers: API Gateway documents them for preflights and for responses from an integration only.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""
_ACCOUNT = {"ThrottlingRateLimit": 10_000, "ThrottlingBurstLimit": 5_000}
"""The default quota of an account. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

_upstream_execute = apigateway._handle_execute_in_scope


def install() -> None:
    """Replaces the data plane of HTTP APIs."""
    apigateway._handle_execute_in_scope = _execute


@dataclass
class Bucket:
    """A token bucket that is full at first. `rate` is tokens per second, `burst` the size."""

    rate: float
    burst: float
    tokens: float
    at: float

    def take(self, now: float) -> bool:
        """Takes a token. Returns False when there is none."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


_buckets: dict[tuple[str, str, str], Bucket] = {}
"""API, stage, and route key, or an empty string for the routes that have no limit of their own -> bucket."""


async def _execute(api_id: str, stage: str, path: str, method: str, *rest: Any) -> Response:
    """Responds with 429 while the bucket of the request is empty. A preflight reaches no route, so it needs no token."""
    if method != "OPTIONS" and not _take_token(api_id, stage, path, method):
        return _TOO_MANY_REQUESTS
    response: Response = await _upstream_execute(api_id, stage, path, method, *rest)
    return response


def _take_token(api_id: str, stage: str, path: str, method: str) -> bool:
    """Returns False when the request exceeds its limit. A request that reaches no stage or no route has none."""
    settings = apigateway._stages.get(api_id, {}).get(stage)
    route = apigateway._match_route(api_id, method, "/" + path.lstrip("/"))
    if not settings or not route:
        return True
    return take_token(api_id, stage, settings, route["routeKey"])


def take_token(api_id: str, stage: str, settings: Mapping[str, Any], route_key: str) -> bool:
    """Returns False when a request to the route exceeds its limit. `settings` are those of the stage."""
    key, limit = _find_limit(settings, route_key)
    rate, burst = _read(limit, "ThrottlingRateLimit"), _read(limit, "ThrottlingBurstLimit")
    now = time.monotonic()
    bucket = _buckets.get((api_id, stage, key))
    if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
        bucket = _buckets[api_id, stage, key] = Bucket(rate, burst, burst, now)
    return bucket.take(now)


def _find_limit(settings: Mapping[str, Any], route_key: str) -> tuple[str, Mapping[str, Any]]:
    """Returns the limit of the route, or with an empty key that of the stage."""
    routes = settings.get("routeSettings") or {}
    if route_key in routes:
        return route_key, routes[route_key]
    return "", settings.get("defaultRouteSettings") or {}


def _read(limit: Mapping[str, Any], name: str) -> float:
    """Reads a limit under its name in a template, or in the API."""
    return float(limit.get(name, limit.get(name[0].lower() + name[1:], _ACCOUNT[name])))
